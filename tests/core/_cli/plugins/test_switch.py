"""``nlptasks plugins disable`` and ``enable``, while another plugin would take the process down."""

from __future__ import annotations


def test_a_plugin_is_disabled_and_enabled_and_none_is_imported(nlptasks, site, monkeypatch):
    site.add("crash")
    site.add("good")
    site.config.write_text("# mine\n")
    assert nlptasks("plugins", "disable", "crash", "zoo-good:good") == (
        0, f"disabled crash in {site.config}\ndisabled zoo-good:good in {site.config}\n", ""
    )  # fmt: skip
    assert site.config.read_text() == '# mine\n\n[plugins]\ndisable = ["crash", "zoo-good:good"]\n'
    _, listed, _ = nlptasks("plugins", "list")
    assert [line.split()[3] for line in listed.splitlines() if " zoo-" in line] == ["disabled", "disabled"]
    assert nlptasks("plugins", "enable", "crash") == (0, f"enabled crash in {site.config}\n", "")
    _, again, _ = nlptasks("plugins", "enable", "crash")
    assert again == f"crash is enabled already; {site.config} is as it was\n"
    monkeypatch.setenv("NLPTASKS_PLUGINS", "-zoo-good")
    _, _, warned = nlptasks("plugins", "enable", "good")
    assert warned == "warning: NLPTASKS_PLUGINS in the environment keeps it from loading\n"
    code, _, said = nlptasks("plugins", "disable", "goood")
    assert (code, said.splitlines()[0]) == (2, "error: there is no plugin 'goood'; did you mean 'good'?")


def test_one_id_in_two_distributions(nlptasks, site):
    site.add("good", entry="mood")
    site.add_metadata("zoo-other", {"mood": "zoo_rival"})
    _, listed, _ = nlptasks("plugins", "list")
    assert "zoo-good and zoo-other both have a plugin 'mood'; set [plugins.prefer]" in listed
    site.config.write_text('[plugins.prefer]\n"mood" = "zoo-good"\n')
    _, listed, _ = nlptasks("plugins", "list")
    assert [line.split()[3] for line in listed.splitlines() if line.startswith("mood")] == ["found", "disabled"]
    site.config.write_text("")
    assert nlptasks("plugins", "disable", "mood")[2].endswith("type zoo-good:mood or zoo-other:mood\n")
    assert nlptasks("plugins", "disable", "zoo-other:mood")[0] == 0
    _, listed, _ = nlptasks("plugins", "list")
    assert [line.split()[3] for line in listed.splitlines() if line.startswith("mood")] == ["found", "disabled"]
