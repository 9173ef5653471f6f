"""The machines that a released `provision` runs on, in the words of Rust, npm and Python."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Platform:
    target: str
    os: str
    cpu: str
    # PEP 600 and PEP 425: the oldest C library or macOS that it runs on.
    wheel: str

    @property
    def npm(self) -> str:
        return f"{self.os}-{self.cpu}"

    @property
    def is_linux(self) -> bool:
        return self.os == "linux"


PLATFORMS = {platform.target: platform for platform in (
    Platform("x86_64-unknown-linux-gnu", "linux", "x64", "manylinux_2_17_x86_64.manylinux2014_x86_64"),
    Platform("aarch64-unknown-linux-gnu", "linux", "arm64", "manylinux_2_17_aarch64.manylinux2014_aarch64"),
    Platform("x86_64-apple-darwin", "darwin", "x64", "macosx_11_0_x86_64"),
    Platform("aarch64-apple-darwin", "darwin", "arm64", "macosx_11_0_arm64"),
)}
