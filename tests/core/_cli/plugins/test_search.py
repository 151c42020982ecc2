"""``nlptasks plugins search``, while an installed plugin is broken."""

from __future__ import annotations

import json


def test_installed_ones_and_those_of_the_index(nlptasks, site, tmp_path):
    site.add("crash")
    index = tmp_path / "index.toml"
    index.write_text('[[plugins]]\nname = "zoo-acme"\nsummary = "Words."\ninstall = "acme @ https://x/a.whl"\n')
    code, out, said = nlptasks("plugins", "search", "ZOO", "--index", str(index))
    assert code == 0
    assert [line.split()[:2] for line in out.splitlines()[1:]] == [["zoo-acme", "-"], ["zoo-crash", "1.0"]]
    assert said == (
        f"the index is {index}, with 1 plugin\ninstall one: nlptasks plugins install acme @ https://x/a.whl\n"
    )
    _, text, _ = nlptasks("plugins", "search", "crash", "--json")
    (only,) = json.loads(text)["plugins"]
    assert (only["name"], only["installed"], only["brings"]) == ("zoo-crash", "1.0", ["crash"])
    code, out, said = nlptasks("plugins", "search", "no such", "--index", str(index))
    assert (code, out, said) == (0, "", f"no plugin has 'no such'; the index is {index}, with 1 plugin\n")


def test_without_a_network_it_says_what_it_searched(nlptasks):
    code, out, said = nlptasks("plugins", "search", "emphasis", "--index", "https://index.invalid/plugins.toml")
    assert code == 0
    assert "nlptasks-emphasis" in out
    assert "plugins.toml is not asked: HF_HUB_OFFLINE is set; the index is the one that came with nlptasks" in said
