//! The module's side of the ABI, checked before the module is compiled.
//!
//! The runtime calls these exports with these types, and provides these imports only. A
//! module that needs more would fail at its first call, on a user's machine; this check
//! makes the build fail instead.

use crate::Result;
use std::collections::BTreeMap;
use wasmparser::{ExternalKind, FuncType, Parser, Payload, TypeRef, ValType, Validator};

const WASI: &str = "wasi_snapshot_preview1";

/// The imports that `src/sandbox` provides.
const IMPORTS: [&str; 14] = [
    "environ_get",
    "environ_sizes_get",
    "fd_close",
    "fd_fdstat_get",
    "fd_fdstat_set_flags",
    "fd_filestat_set_size",
    "fd_prestat_dir_name",
    "fd_prestat_get",
    "fd_read",
    "fd_seek",
    "fd_write",
    "path_open",
    "proc_exit",
    "random_get",
];

/// The functions that `src/sandbox` calls, as (name, parameters, results).
/// Pointers, lengths and codes are all `i32` on wasm32.
const FUNCTIONS: [(&str, usize, usize); 10] = [
    ("_initialize", 0, 0),
    ("malloc", 1, 1),
    ("tl_api_version", 0, 1),
    ("tl_detect_format", 2, 1),
    ("tl_get_last_error", 0, 1),
    ("tl_get_last_error_code", 0, 1),
    ("tl_read_id3v2_frames", 5, 1),
    ("tl_read_tags", 4, 1),
    ("tl_version", 0, 1),
    ("tl_write_tags", 7, 1),
];

const HOW_TO_MEND: &str = "Build the module as a WASI reactor from taglib-wasm's C API \
    (guest/README.md has its ABI), or unset TAGLIB_WASI_MODULE to use the published one.";

pub(crate) fn check(module: &[u8]) -> Result<()> {
    Validator::new().validate_all(module).map_err(|error| {
        // The other lines have details, such as the bytes of the magic number.
        let reason = error.message().lines().next().unwrap_or_default();
        format!("the module is not valid WebAssembly: {reason}.\n{HOW_TO_MEND}")
    })?;
    let interface = Interface::read(module)
        .map_err(|error| format!("the module can't be parsed: {error}.\n{HOW_TO_MEND}"))?;

    let mut faults = interface.import_faults();
    faults.extend(interface.export_faults());
    if faults.is_empty() {
        return Ok(());
    }
    Err(format!(
        "the module does not fit the guest ABI:\n  - {}\n{HOW_TO_MEND}",
        faults.join("\n  - ")
    ))
}

#[derive(Default)]
struct Interface<'a> {
    imports: Vec<(&'a str, &'a str)>,
    functions: BTreeMap<&'a str, FuncType>,
    exports_memory: bool,
}

impl<'a> Interface<'a> {
    fn read(module: &'a [u8]) -> wasmparser::Result<Self> {
        let mut interface = Self::default();
        let mut types: Vec<Option<FuncType>> = Vec::new();
        let mut function_types: Vec<u32> = Vec::new();
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::TypeSection(section) => {
                    for group in section {
                        for ty in group?.into_types() {
                            types.push(match ty.composite_type.inner {
                                wasmparser::CompositeInnerType::Func(function) => Some(function),
                                _ => None,
                            });
                        }
                    }
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        interface.imports.push((import.module, import.name));
                        if let TypeRef::Func(ty) = import.ty {
                            function_types.push(ty);
                        }
                    }
                }
                Payload::FunctionSection(section) => {
                    for ty in section {
                        function_types.push(ty?);
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export?;
                        match export.kind {
                            ExternalKind::Memory if export.name == "memory" => {
                                interface.exports_memory = true;
                            }
                            ExternalKind::Func => {
                                let ty = function_types[export.index as usize] as usize;
                                if let Some(function) = &types[ty] {
                                    interface.functions.insert(export.name, function.clone());
                                }
                            }
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(interface)
    }

    fn import_faults(&self) -> Vec<String> {
        self.imports
            .iter()
            .filter(|(module, name)| *module != WASI || !IMPORTS.contains(name))
            .map(|(module, name)| {
                format!(
                    "it imports {module}.{name}; the sandbox serves only {WASI}'s {}",
                    IMPORTS.join(", ")
                )
            })
            .collect()
    }

    fn export_faults(&self) -> Vec<String> {
        let mut faults: Vec<String> = FUNCTIONS
            .iter()
            .filter_map(|(name, params, results)| self.function_fault(name, *params, *results))
            .collect();
        if !self.exports_memory {
            faults.push("it does not export its memory as \"memory\"".to_owned());
        }
        faults
    }

    fn function_fault(&self, name: &str, params: usize, results: usize) -> Option<String> {
        let Some(found) = self.functions.get(name) else {
            return Some(format!("it does not export the function {name}"));
        };
        let fits = found.params().len() == params
            && found.results().len() == results
            && found.params().iter().chain(found.results()).all(|ty| *ty == ValType::I32);
        (!fits).then(|| {
            format!(
                "{name} has the type {found}; expected {params} i32 parameters and {results} i32 results"
            )
        })
    }
}
