"""What a record says about the machine, the code and the weights: facts that are looked up and never guessed."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlptasks._settings.command import placeless
from nlptasks._systems.system import ChosenHead, LoadedSystem, System
from nlptasks._version import __version__
from nlptasks.files.names import is_file, is_folder, is_there
from nlptasks.files.paths import sha256_of
from nlptasks.plugin import GENERATE

if TYPE_CHECKING:
    from nlptasks.records.schema import Machine, Model

#: Packages that decide what a model predicts or what a prediction scores.
_PACKAGES = ("openvino", "rouge-score", "sacrebleu", "scikit-learn", "tokenizers", "torch", "transformers")


def versions() -> dict[str, str]:
    """Version of nlptasks and of each installed package that decides predictions or scores."""
    found = {"nlptasks": __version__}
    for name in _PACKAGES:
        try:
            found[name] = version(name).partition("+")[0]
        except PackageNotFoundError:
            continue
    return found


@cache
def commit() -> tuple[str, bool]:
    """The commit that this code ran from and whether it was changed since; empty where it is installed."""
    root = Path(__file__).resolve().parents[3]
    if not is_there(root / ".git"):
        return "", False
    try:
        head = _git(root, "rev-parse", "HEAD")
        return head, bool(_git(root, "status", "--porcelain", "--untracked-files=no"))
    except (OSError, subprocess.SubprocessError):
        return "", False


def machine() -> Machine:
    """The machine that runs this."""
    from nlptasks.records.schema import Machine  # with all that a record is checked by, which no run needs

    return Machine(
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.machine()}",
        cpu=_cpu(),
        cores=os.cpu_count() or 0,
        ram_gib=_ram(),
        gpu=_gpu(),
    )


def peak_rss_mb() -> float:
    """Largest resident memory of this process, in megabytes; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:  # not on Windows
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10), 1)


def model_of(system: System, loaded: LoadedSystem, name: str) -> Model:
    """What a record says of a system with one head.

    Args:
        system: The system.
        loaded: The same in memory.
        name: What boards call it; empty: its backbone and its head.
    """
    from nlptasks.records.schema import Model

    item, backbone = system.heads[0], loaded.encoder
    files = list(_weights(item))
    shared, own = parameters_of(backbone), sum(map(_stored, files))
    return Model(
        name=name or system_name(system),
        backbone=_backbone_name(system),
        head=item.head.qualified,
        parameters=shared + own,
        trainable=own,
        shared=shared,
        dtype=str(getattr(backbone, "precision", "")),
        runtime=str(getattr(backbone, "runtime", "")),
        weights=weights_of(item, backbone),
        digest=backbone.digest if backbone else "",
        trained_on=_trained_on(item),
    )


def weights_of(item: ChosenHead, backbone: Any) -> str:
    """SHA-256 of a head's weights, and of what the backbone writes with where the head has it write."""
    return _digest(list(_weights(item)), backbone if GENERATE in item.head.spec.needs else None)


def system_name(system: System) -> str:
    """What boards call a system with one head, where the user gives no name: its backbone and its head."""
    item = system.heads[0]
    head = item.weights.name if item.weights else item.head.spec.name
    return f"{_backbone_name(system)} {head}" if system.backbone else head


def _backbone_name(system: System) -> str:
    """Name of the backbone, its reference, or its folder's name: where that lies is nobody's concern."""
    if system.backbone is None:
        return ""
    if system.context.reference:
        return str(placeless(system.context.reference, named=is_folder(Path(system.context.reference))))
    return system.context.folder.name if system.context.folder else system.backbone.spec.name


def _weights(item: ChosenHead) -> Iterator[Path]:
    """The files with a head's weights: those in the user's folder, or else those that its package ships."""
    if item.weights:
        yield from sorted(path for path in item.weights.iterdir() if is_file(path) and path.suffix == ".safetensors")
        return
    found = find_spec(item.head.spec.object.partition(":")[0].partition(".")[0])
    for folder in (found.submodule_search_locations if found else None) or ():
        yield from sorted((Path(folder) / item.head.spec.weights).rglob("*.safetensors"))


def _digest(files: list[Path], backbone: Any) -> str:
    """SHA-256 of the files and of what the backbone writes with; empty where a head has no weights."""
    parts = [sha256_of(path) for path in files]
    if decoder := getattr(backbone, "decoder_digest", ""):
        parts.append(decoder)
    if len(parts) < 2:
        return "".join(parts)
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def _stored(path: Path) -> int:
    """Weights in a file of safetensors."""
    from math import prod

    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            return sum(prod(file.get_slice(name).get_shape()) for name in file.keys())  # noqa: SIM118 - it has no __iter__
    except (OSError, SafetensorError):
        return 0


def parameters_of(backbone: Any) -> int:
    """Weights of a backbone: as it says, or else those of the PyTorch models that it holds, each once."""
    stated = getattr(backbone, "parameters", 0)
    torch = sys.modules.get("torch")
    if isinstance(stated, int) and stated:
        return stated
    if backbone is None or torch is None:
        return 0
    models = [value for value in vars(backbone).values() if isinstance(value, torch.nn.Module)]
    weights = {id(weight): weight.numel() for model in models for weight in model.parameters()}
    return sum(weights.values())


def _trained_on(item: ChosenHead) -> tuple[str, ...]:
    """SHA-256 of the files that the card of a trained head names."""
    files = [*item.card.get("data", ()), *item.card.get("validation", ())]
    return tuple(sorted({str(file["sha256"]) for file in files if isinstance(file, Mapping) and "sha256" in file}))


def _git(root: Path, *args: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *args], capture_output=True, text=True, timeout=10, check=True)
    return done.stdout.strip()


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())


def _ram() -> float:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30), 1)
    except (AttributeError, ValueError, OSError):
        return 0.0


def _gpu() -> str:
    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_available():
        return ""
    return str(torch.cuda.get_device_name())
