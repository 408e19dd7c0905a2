"""The linter finds a planted error, passes a clean template, and never passes for lack of templates.

    python -m unittest discover tests/lint
"""

import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path

import lint

CLEAN = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"KmsMasterKeyId": "alias/aws/sns"}}},
}
BROKEN = {**CLEAN, "Outputs": {"Arn": {"Value": {"Ref": "Topics"}}}}


class Lint(unittest.TestCase):
    def check(self, templates, listed, expected_status, expected_line):
        """Lints one environment made of the given templates and compares exit status and last line."""
        with tempfile.TemporaryDirectory() as folder:
            environment = Path(folder) / "prod"
            for name, template in templates.items():
                path = environment / "eu-west-1" / f"{name}.template.json"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(json.dumps(template))
            stacks = [
                {"name": name, "region": "eu-west-1", "template": f"eu-west-1/{name}.template.json"} for name in listed
            ]
            environment.mkdir(exist_ok=True)
            (environment / "manifest.json").write_text(json.dumps({"format_version": 1, "stacks": stacks}))
            output = io.StringIO()
            with contextlib.redirect_stdout(output):
                status = lint.run([Path(folder)], processes=2)
        lines = output.getvalue().splitlines()
        self.assertEqual((status, lines[-1]), (expected_status, expected_line), output.getvalue())
        return output.getvalue()

    def test_clean_template_passes(self):
        self.check({"clean": CLEAN}, ["clean"], 0, "1 passed, 0 failed")

    def test_planted_error_is_found_by_both_tools(self):
        output = self.check({"clean": CLEAN, "broken": BROKEN}, ["clean", "broken"], 1, "1 passed, 1 failed")
        self.assertRegex(output, r"broken\.template\.json +eu-west-1 +cfn-lint")
        self.assertRegex(output, r"broken\.template\.json +eu-west-1 +aws-validate")

    def test_same_text_for_one_region_is_linted_once(self):
        output = self.check({"one": CLEAN, "two": CLEAN}, ["one", "two"], 0, "2 passed, 0 failed")
        self.assertIn("1 different templates", output)

    def test_template_outside_the_manifest_fails(self):
        self.check({"clean": CLEAN, "stray": CLEAN}, ["clean"], 1, "1 passed, 1 failed")

    def test_listed_template_that_is_missing_fails(self):
        self.check({"clean": CLEAN}, ["clean", "gone"], 1, "1 passed, 1 failed")

    def test_folder_without_template_is_no_pass(self):
        self.check({}, [], 2, "0 passed, 1 failed")


if __name__ == "__main__":
    unittest.main()
