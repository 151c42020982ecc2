"""The options of the engines."""

from __future__ import annotations

from dataclasses import dataclass

from nlptasks.plugin.options import setting


@dataclass(frozen=True)
class RayOptions:
    """What a user can say of actors."""

    address: str = setting(
        "",
        "The cluster: HOST:PORT, ray://HOST:PORT, or auto for the one that runs on this machine.",
        metavar="ADDRESS",
        default_text="RAY_ADDRESS, or else a new one on this machine",
    )
    cpus_per_worker: float = setting(1.0, "CPUs that each worker takes of the cluster.", min=0, max=1_024, metavar="N")
    gpus_per_worker: float = setting(0.0, "GPUs that each worker takes of the cluster.", min=0, max=64, metavar="N")
