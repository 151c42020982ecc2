import subprocess
import sys

import pytest

from nlptasks_formats import nlptasks_formats


@pytest.mark.parametrize("spec", nlptasks_formats(), ids=lambda spec: spec.name)
def test_descriptors_lead_to_formats(formats, spec):
    assert formats.open(spec.name)
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in spec.suffixes)


def test_suffixes_are_unique():
    suffixes = [suffix for spec in nlptasks_formats() for suffix in spec.suffixes]
    assert len(suffixes) == len(set(suffixes))


def test_the_plugin_is_light():
    code = "import sys, nlptasks_formats; sys.exit(any(m in sys.modules for m in ('pyarrow', 'csv', 'json', 'torch')))"
    subprocess.run([sys.executable, "-c", code], check=True)
