"""The licences of all that is compiled in, with each text once."""

from crates import Crate

# What rustc links in besides: no package of Cargo.lock.
STANDARD_LIBRARY = "Rust's standard library (MIT OR Apache-2.0), https://github.com/rust-lang/rust"


def third_party_licences(crates: list[Crate]) -> bytes:
    foreign = [crate for crate in crates if not crate.is_own]
    by_text: dict[str, list[str]] = {}
    without = []
    for crate in foreign:
        name = f"{crate.name} {crate.version} ({crate.licence})"
        texts = crate.texts
        if not texts:
            without.append(f"{name}, {crate.repository or 'no repository'}")
        for text in texts:
            by_text.setdefault(text, []).append(name)
    parts = ["`provision` and the function contain these packages. Each is used under its licence, as its authors ship it.",
             f"No text of their own:\n" + "\n".join([STANDARD_LIBRARY, *without])]
    for text, names in sorted(by_text.items(), key=lambda item: item[1]):
        parts.append("\n".join(names) + "\n\n" + text)
    return (f"\n\n{'=' * 80}\n\n".join(parts) + "\n").encode()
