//! Makes sure, before anything is uploaded, that Lambda can start the binary: `provided.al2023` is
//! Amazon Linux 2023 with glibc 2.34. Found out later, each of these is a `Runtime.InvalidEntrypoint`
//! or a loader error in a log, after a successful deployment.

use object::Endianness;
use object::elf::{
    EM_AARCH64, EM_X86_64, ET_DYN, ET_EXEC, FileHeader64, Machine, SHT_DYNSYM, VER_FLG_WEAK,
};
use object::read::elf::{FileHeader as _, SectionTable, Sym as _};

use crate::deployment::content::Architecture;

/// The C library of Amazon Linux 2023.
const GLIBC: (u32, u32) = (2, 34);

/// Why Lambda could not run a binary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unrunnable {
    #[error("it is not a 64-bit Linux executable (ELF)")]
    NotElf,
    #[error("it is an ELF file, but not an executable")]
    NotExecutable,
    #[error("it is built for {found}, the function is configured for {wanted}")]
    Machine { found: String, wanted: Architecture },
    #[error("its dynamic section is damaged: {reason}")]
    Damaged { reason: String },
    #[error("it needs `{symbol}` of glibc {}.{}, Lambda has {}.{}", version.0, version.1, GLIBC.0, GLIBC.1)]
    Glibc { symbol: String, version: (u32, u32) },
}

impl Unrunnable {
    /// What to do about it. Whose `provision` carries a function that Lambda runs has none to build.
    pub(super) fn way_out(&self, is_carried_too: bool) -> String {
        match self {
            Self::Machine { .. } if is_carried_too => {
                "set `architecture` in gateway.yaml to what the binary is, or leave out `--binary`: this \
                 `provision` has the function inside, for either"
            }
            _ if is_carried_too => {
                "leave out `--binary`: this `provision` has a function inside that Lambda can run"
            }
            Self::NotElf => {
                "build the function for Linux: `cargo lambda build --release -p gateway`, then \
                 `--binary target/lambda/bootstrap/bootstrap`"
            }
            Self::NotExecutable | Self::Damaged { .. } => "build the function again",
            Self::Machine { .. } => {
                "set `architecture` in gateway.yaml to what the binary is, or install cargo-lambda \
                 (`pip install cargo-lambda`), which builds for either"
            }
            Self::Glibc { .. } => {
                "install cargo-lambda (`pip install cargo-lambda`), which links against Lambda's glibc, \
                 or build for musl: `rustup target add x86_64-unknown-linux-musl`, then \
                 `cargo build --release -p gateway --target x86_64-unknown-linux-musl`"
            }
        }
        .to_owned()
    }
}

/// Refuses what could not start on `architecture` at all.
pub(super) fn check_machine(binary: &[u8], architecture: Architecture) -> Result<(), Unrunnable> {
    let header = FileHeader64::<Endianness>::parse(binary).map_err(|_| Unrunnable::NotElf)?;
    let endian = header.endian().map_err(|_| Unrunnable::NotElf)?;
    if ![ET_EXEC, ET_DYN].contains(&header.e_type(endian)) {
        return Err(Unrunnable::NotExecutable);
    }
    let wanted = match architecture {
        Architecture::X86_64 => EM_X86_64,
        Architecture::Arm64 => EM_AARCH64,
    };
    let machine = header.e_machine(endian);
    if machine != wanted {
        return Err(Unrunnable::Machine {
            found: machine_name(machine),
            wanted: architecture,
        });
    }
    Ok(())
}

/// Refuses what needs a newer C library than Lambda has.
pub(super) fn check_glibc(binary: &[u8]) -> Result<(), Unrunnable> {
    match newest_glibc_symbol(binary) {
        Ok(Some((version, symbol))) if version > GLIBC => {
            Err(Unrunnable::Glibc { symbol, version })
        }
        Ok(_) => Ok(()),
        Err(error) => Err(Unrunnable::Damaged {
            reason: error.to_string(),
        }),
    }
}

/// The symbol that needs the newest glibc; none in a static binary.
fn newest_glibc_symbol(binary: &[u8]) -> object::read::Result<Option<((u32, u32), String)>> {
    let header = FileHeader64::<Endianness>::parse(binary)?;
    let endian = header.endian()?;
    let sections = header.sections(endian, binary)?;
    let Some(versions) = sections.versions(endian, binary)? else {
        return Ok(None);
    };
    let dispensable = dispensable_versions(&sections, endian, binary)?;
    let symbols = sections.symbols(endian, binary, SHT_DYNSYM)?;
    let mut newest = None;
    for (index, symbol) in symbols.enumerate() {
        let version_index = versions.version_index(endian, index).index();
        if !symbol.is_undefined(endian) || dispensable.contains(&version_index.0) {
            continue;
        }
        let Some(version) = versions.version(version_index)? else {
            continue;
        };
        let Some(glibc) = glibc_version(version.name()) else {
            continue;
        };
        if newest.as_ref().is_none_or(|(seen, _)| glibc > *seen) {
            let name = symbols.symbol_name(endian, symbol)?;
            newest = Some((glibc, String::from_utf8_lossy(name).into_owned()));
        }
    }
    Ok(newest)
}

/// Versions that the loader forgives the absence of, because only weak symbols need them.
fn dispensable_versions(
    sections: &SectionTable<'_, FileHeader64<Endianness>>,
    endian: Endianness,
    binary: &[u8],
) -> object::read::Result<Vec<u16>> {
    let mut dispensable = Vec::new();
    let Some((mut needs, _)) = sections.gnu_verneed(endian, binary)? else {
        return Ok(dispensable);
    };
    while let Some((_, mut versions)) = needs.next()? {
        while let Some(version) = versions.next()? {
            if version.vna_flags.get(endian).0 & VER_FLG_WEAK.0 != 0 {
                dispensable.push(version.vna_other.get(endian).0);
            }
        }
    }
    Ok(dispensable)
}

/// `GLIBC_2.34` as numbers. `GLIBC_PRIVATE` and the versions of other libraries are not compared.
fn glibc_version(name: &[u8]) -> Option<(u32, u32)> {
    let text = std::str::from_utf8(name).ok()?.strip_prefix("GLIBC_")?;
    let mut parts = text.split('.').map(str::parse::<u32>);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

fn machine_name(machine: Machine) -> String {
    match machine {
        EM_X86_64 => Architecture::X86_64.as_str().to_owned(),
        EM_AARCH64 => Architecture::Arm64.as_str().to_owned(),
        other => format!("machine {}", other.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The architecture of the machine that runs the tests.
    const HOST: Architecture = if cfg!(target_arch = "aarch64") {
        Architecture::Arm64
    } else {
        Architecture::X86_64
    };
    const OTHER: Architecture = if cfg!(target_arch = "aarch64") {
        Architecture::X86_64
    } else {
        Architecture::Arm64
    };

    /// The first 64 bytes of a static executable: a header without sections.
    fn header(machine: Machine, kind: u8) -> Vec<u8> {
        let mut header = vec![0_u8; 64];
        header[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
        header[16] = kind;
        header[18..20].copy_from_slice(&machine.0.to_le_bytes());
        header[20] = 1;
        header
    }

    fn own_binary() -> Vec<u8> {
        std::fs::read(std::env::current_exe().unwrap()).unwrap()
    }

    #[test]
    fn a_static_executable_of_the_right_machine_passes() {
        assert_eq!(
            check_machine(&header(EM_X86_64, 2), Architecture::X86_64),
            Ok(())
        );
        assert_eq!(
            check_machine(&header(EM_AARCH64, 3), Architecture::Arm64),
            Ok(())
        );
    }

    #[test]
    fn the_other_machine_is_refused_by_name() {
        let error = check_machine(&header(EM_AARCH64, 2), Architecture::X86_64).unwrap_err();

        insta::assert_snapshot!(error, @"it is built for arm64, the function is configured for x86_64");
    }

    #[test]
    fn what_is_no_executable_is_refused() {
        let mut elf32 = header(EM_X86_64, 2);
        elf32[4] = 1;
        for bytes in [
            b"#!/bin/sh\n".to_vec(),
            Vec::new(),
            b"\x7fELF".to_vec(),
            elf32,
        ] {
            assert_eq!(
                check_machine(&bytes, Architecture::X86_64),
                Err(Unrunnable::NotElf)
            );
        }
        let object_file = header(EM_X86_64, 1);
        assert_eq!(
            check_machine(&object_file, Architecture::X86_64),
            Err(Unrunnable::NotExecutable)
        );
    }

    #[test]
    fn this_very_test_is_built_for_the_host_and_its_newest_symbol_is_found() {
        let binary = own_binary();
        assert_eq!(
            check_machine(&binary, OTHER),
            Err(Unrunnable::Machine {
                found: HOST.to_string(),
                wanted: OTHER
            })
        );
        assert_eq!(check_machine(&binary, HOST), Ok(()));
        let newest = newest_glibc_symbol(&binary).unwrap();
        let expected = match newest {
            Some((version, symbol)) if version > GLIBC => {
                Err(Unrunnable::Glibc { symbol, version })
            }
            Some(_) | None => Ok(()),
        };
        assert_eq!(check_glibc(&binary), expected);
    }

    #[test]
    fn a_symbol_of_a_newer_glibc_is_named() {
        let mut binary = own_binary();
        // Every name in the version table grows ten major versions older or newer with one digit.
        let renamed = rename(&mut binary, b"GLIBC_2.", b"GLIBC_9.");
        if renamed == 0 {
            return; // musl: nothing to rename
        }

        let error = check_glibc(&binary).unwrap_err();

        assert!(
            matches!(
                &error,
                Unrunnable::Glibc {
                    version: (9, _),
                    ..
                }
            ),
            "{error}"
        );
    }

    #[test]
    fn a_newer_glibc_that_only_weak_symbols_need_is_forgiven_as_the_loader_does() {
        let mut binary = own_binary();
        if rename(&mut binary, b"GLIBC_2.", b"GLIBC_9.") == 0 {
            return;
        }
        mark_all_versions_weak(&mut binary);

        assert_eq!(check_glibc(&binary), Ok(()));
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(glibc_version(b"GLIBC_2.4"), Some((2, 4)));
        assert_eq!(glibc_version(b"GLIBC_2.3.4"), Some((2, 3)));
        assert!(glibc_version(b"GLIBC_2.4") < glibc_version(b"GLIBC_2.34"));
        assert_eq!(glibc_version(b"GLIBC_PRIVATE"), None);
        assert_eq!(glibc_version(b"GCC_3.0"), None);
    }

    /// Sets `VER_FLG_WEAK` in each `Vernaux` (hash u32, flags u16, ...).
    fn mark_all_versions_weak(binary: &mut [u8]) {
        let copy = binary.to_vec();
        let header = FileHeader64::<Endianness>::parse(copy.as_slice()).unwrap();
        let endian = header.endian().unwrap();
        let sections = header.sections(endian, copy.as_slice()).unwrap();
        let (mut needs, _) = sections
            .gnu_verneed(endian, copy.as_slice())
            .unwrap()
            .unwrap();
        while let Some((_, mut versions)) = needs.next().unwrap() {
            while let Some(version) = versions.next().unwrap() {
                let at = std::ptr::from_ref(version).addr() - copy.as_ptr().addr();
                binary[at + 4] |= 2;
            }
        }
    }

    fn rename(binary: &mut [u8], from: &[u8], to: &[u8]) -> usize {
        let places: Vec<usize> = binary
            .windows(from.len())
            .enumerate()
            .filter(|(_, w)| *w == from)
            .map(|(at, _)| at)
            .collect();
        for at in &places {
            binary[*at..*at + to.len()].copy_from_slice(to);
        }
        places.len()
    }
}
