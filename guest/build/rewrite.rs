//! Replaces functions of the module by faster ones.
//!
//! `allocator.wat` and `positions.wat` have the new functions and say how they work. They take
//! the place of the old ones, so that every call in the module reaches them. Old functions that
//! the new ones call move to the end of the module. A new function that replaces an import is
//! also added at the end, and calls of the import become calls of it.
//!
//! A module without the expected functions is left as it is. Only speed is lost.

use crate::Result;
use std::collections::HashMap;
use wasm_encoder::reencode::{self, Reencode, utils};
use wasm_encoder::{
    CodeSection, ExportKind, ExportSection, FunctionSection, GlobalSection, Module, TypeSection,
};
use wasmparser::{
    CodeSectionReader, ExportSectionReader, ExternalKind, FuncType, FunctionBody,
    FunctionSectionReader, GlobalSectionReader, Operator, Parser, Payload, TypeRef,
    TypeSectionReader,
};

/// New functions, in the text format.
struct Replacements {
    text: &'static str,
    /// The exports of `text` that take the place of functions of the module: of exported ones, of
    /// imported ones, or of `memcmp`.
    replaced: &'static [&'static str],
}

const ALL: [Replacements; 2] = [
    Replacements { text: include_str!("allocator.wat"), replaced: &["malloc", "free", "memcmp"] },
    Replacements {
        text: include_str!("positions.wat"),
        replaced: &["fd_seek", "fd_read", "fd_write", "fd_filestat_set_size", "fd_close"],
    },
];

/// The new function that starts the size classes, which the module then exports. `warm.rs` calls
/// it.
pub(crate) const START: &str = "start";

/// The body of wasi-libc's `memcmp`, which has no export to find it by.
const MEMCMP: &[u8] = &[
    0x03, 0x01, 0x7f, 0x01, 0x7f, 0x01, 0x7f, 0x02, 0x40, 0x20, 0x02, 0x45, 0x0d, 0x00, 0x03, 0x40,
    0x20, 0x00, 0x2d, 0x00, 0x00, 0x22, 0x03, 0x20, 0x01, 0x2d, 0x00, 0x00, 0x22, 0x04, 0x46, 0x04,
    0x40, 0x20, 0x01, 0x41, 0x01, 0x6a, 0x21, 0x01, 0x20, 0x00, 0x41, 0x01, 0x6a, 0x21, 0x00, 0x20,
    0x02, 0x41, 0x01, 0x6b, 0x22, 0x02, 0x0d, 0x01, 0x0c, 0x02, 0x0b, 0x0b, 0x20, 0x03, 0x20, 0x04,
    0x6b, 0x21, 0x05, 0x0b, 0x20, 0x05, 0x0b,
];

/// Returns the module with those replacements that fit.
pub(crate) fn with_replacements(module: Vec<u8>) -> Result<Vec<u8>> {
    ALL.iter().try_fold(module, |module, replacements| replacements.put_into(module))
}

impl Replacements {
    fn put_into(&self, module: Vec<u8>) -> Result<Vec<u8>> {
        let names = self.replaced.join(", ");
        let failure =
            |error: &dyn std::fmt::Display| format!("{names} can't be replaced: {error}.");
        let new = wat::parse_str(self.text).map_err(|error| failure(&error))?;
        let old = Functions::read(&module).map_err(|error| failure(&error))?;
        let new = Functions::read(&new).map_err(|error| failure(&error))?;
        let Some(places) = Places::find(&old, &new, self.replaced) else {
            println!(
                "cargo::warning={names} of the module are not the expected ones and stay as they are"
            );
            return Ok(module);
        };
        let mut rewritten = Module::new();
        Rewrite { old: &old, new: &new, places: &places }
            .parse_core_module(&mut rewritten, Parser::new(0), &module)
            .map_err(|error| failure(&error))?;
        Ok(rewritten.finish())
    }
}

/// What a module has, as far as the rewriting needs it.
#[derive(Default)]
struct Functions<'a> {
    types: Vec<FuncType>,
    globals: Option<GlobalSectionReader<'a>>,
    global_count: u32,
    /// The names of the imported functions, which have the first indices.
    imported: Vec<&'a str>,
    /// The index of each function's type, imported functions first.
    type_of: Vec<u32>,
    /// The bodies of the other functions.
    bodies: Vec<FunctionBody<'a>>,
    exports: HashMap<&'a str, u32>,
}

impl<'a> Functions<'a> {
    fn read(module: &'a [u8]) -> wasmparser::Result<Self> {
        let mut functions = Self::default();
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::TypeSection(section) => {
                    for ty in section.into_iter_err_on_gc_types() {
                        functions.types.push(ty?);
                    }
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        if let TypeRef::Func(ty) = import.ty {
                            functions.imported.push(import.name);
                            functions.type_of.push(ty);
                        }
                    }
                }
                Payload::FunctionSection(section) => {
                    for ty in section {
                        functions.type_of.push(ty?);
                    }
                }
                Payload::GlobalSection(section) => {
                    functions.global_count = section.count();
                    functions.globals = Some(section);
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export?;
                        if export.kind == ExternalKind::Func {
                            functions.exports.insert(export.name, export.index);
                        }
                    }
                }
                Payload::CodeSectionEntry(body) => functions.bodies.push(body),
                _ => {}
            }
        }
        Ok(functions)
    }

    fn body(&self, function: u32) -> Option<&FunctionBody<'a>> {
        self.bodies.get((function as usize).checked_sub(self.imported.len())?)
    }

    fn ty(&self, function: u32) -> Option<&FuncType> {
        self.types.get(*self.type_of.get(function as usize)? as usize)
    }

    /// Finds a function by its export, an imported one by its name, or `memcmp` by its body.
    fn find(&self, name: &str) -> Option<u32> {
        if name == "memcmp" {
            return self.with_body(MEMCMP);
        }
        let imported = self.imported.iter().position(|import| *import == name);
        match imported {
            Some(index) => Some(index as u32),
            None => self.behind(*self.exports.get(name)?),
        }
    }

    /// Finds a function that has the type of a function of `other`.
    fn find_like(&self, name: &str, other: &Functions<'_>, like: u32) -> Option<u32> {
        self.find(name)
            .filter(|found| self.ty(*found).is_some() && self.ty(*found) == other.ty(like))
    }

    fn is_imported(&self, function: u32) -> bool {
        (function as usize) < self.imported.len()
    }

    fn with_body(&self, body: &[u8]) -> Option<u32> {
        let mut found = (self.imported.len()..)
            .zip(&self.bodies)
            .filter(|(_, candidate)| candidate.as_bytes() == body)
            .map(|(index, _)| index as u32);
        found.next().filter(|_| found.next().is_none())
    }

    /// Follows functions that only pass their argument on, such as the exported `malloc`.
    fn behind(&self, function: u32) -> Option<u32> {
        let mut operators = self.body(function)?.get_operators_reader().ok()?.into_iter();
        let first_three: [_; 3] = std::array::from_fn(|_| operators.next());
        match first_three {
            [
                Some(Ok(Operator::LocalGet { local_index: 0 })),
                Some(Ok(Operator::Call { function_index })),
                Some(Ok(Operator::End)),
            ] => self.behind(function_index),
            _ => Some(function),
        }
    }
}

/// Which index each new function has in the rewritten module.
#[derive(Default)]
struct Places {
    /// The new functions' indices, by their indices in the text.
    of_new: Vec<u32>,
    /// The new functions by the indices of the old ones whose bodies they replace.
    replacing: HashMap<u32, u32>,
    /// The indices of the new functions by those of the imports that they replace.
    instead_of_imports: HashMap<u32, u32>,
    /// The old functions that are moved to the end.
    moved: Vec<u32>,
    /// The new functions that come behind them.
    added: Vec<u32>,
}

impl Places {
    /// Finds the old functions. Returns `None` if one is missing or has another type.
    fn find(old: &Functions<'_>, new: &Functions<'_>, replaced: &[&str]) -> Option<Self> {
        let mut places = Self::default();
        let mut imports = HashMap::new();
        for name in replaced {
            let (old_index, new_index) =
                (old.find_like(name, new, *new.exports.get(*name)?)?, new.exports[name]);
            let map = if old.is_imported(old_index) { &mut imports } else { &mut places.replacing };
            map.insert(old_index, new_index);
        }
        let end = old.type_of.len() as u32;
        for (function, name) in (0..).zip(&new.imported) {
            let called = old.find_like(name, new, function)?;
            let place = if places.replacing.contains_key(&called) {
                places.moved.push(called);
                end + (places.moved.len() - 1) as u32
            } else {
                called
            };
            places.of_new.push(place);
        }
        for function in new.imported.len() as u32..new.type_of.len() as u32 {
            let replaced = places.replacing.iter().find(|(_, new)| **new == function);
            let place = replaced.map_or_else(
                || {
                    places.added.push(function);
                    end + (places.moved.len() + places.added.len() - 1) as u32
                },
                |(old, _)| *old,
            );
            places.of_new.push(place);
        }
        places.instead_of_imports =
            imports.into_iter().map(|(old, new)| (old, places.of_new[new as usize])).collect();
        Some(places)
    }
}

/// Writes the old module with the new functions.
struct Rewrite<'a> {
    old: &'a Functions<'a>,
    new: &'a Functions<'a>,
    places: &'a Places,
}

impl Rewrite<'_> {
    fn renumbered(&self) -> Renumber<'_> {
        Renumber {
            functions: &self.places.of_new,
            first_type: self.old.types.len() as u32,
            first_global: self.old.global_count,
        }
    }
}

type Encoded = std::result::Result<(), reencode::Error>;

/// Each section has the old entries, and then the new ones.
impl Reencode for Rewrite<'_> {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, function: u32) -> std::result::Result<u32, reencode::Error> {
        Ok(*self.places.instead_of_imports.get(&function).unwrap_or(&function))
    }

    fn parse_type_section(
        &mut self,
        types: &mut TypeSection,
        section: TypeSectionReader<'_>,
    ) -> Encoded {
        utils::parse_type_section(self, types, section)?;
        for ty in &self.new.types {
            let ty = self.func_type(ty.clone())?;
            types.ty().func_type(&ty);
        }
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Encoded {
        utils::parse_function_section(self, functions, section)?;
        for old in &self.places.moved {
            functions.function(self.old.type_of[*old as usize]);
        }
        for new in &self.places.added {
            functions.function(self.old.types.len() as u32 + self.new.type_of[*new as usize]);
        }
        Ok(())
    }

    fn parse_global_section(
        &mut self,
        globals: &mut GlobalSection,
        section: GlobalSectionReader<'_>,
    ) -> Encoded {
        utils::parse_global_section(self, globals, section)?;
        match &self.new.globals {
            Some(section) => self.renumbered().parse_global_section(globals, section.clone()),
            None => Ok(()),
        }
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: ExportSectionReader<'_>,
    ) -> Encoded {
        utils::parse_export_section(self, exports, section)?;
        if let Some(start) = self.new.exports.get(START) {
            exports.export(START, ExportKind::Func, self.places.of_new[*start as usize]);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Encoded {
        for (function, body) in (self.old.imported.len() as u32..).zip(section) {
            match self.places.replacing.get(&function) {
                Some(new) => {
                    let body = self.new.body(*new).expect("it is exported, not imported").clone();
                    self.renumbered().parse_function_body(code, body)?;
                }
                None => self.parse_function_body(code, body?)?,
            }
        }
        for old in &self.places.moved {
            let body = self.old.body(*old).expect("imports are not moved").clone();
            self.parse_function_body(code, body)?;
        }
        for new in &self.places.added {
            let body = self.new.body(*new).expect("imports are not added").clone();
            self.renumbered().parse_function_body(code, body)?;
        }
        Ok(())
    }
}

/// Gives what the new functions refer to its index in the rewritten module.
struct Renumber<'a> {
    functions: &'a [u32],
    first_type: u32,
    first_global: u32,
}

impl Reencode for Renumber<'_> {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, function: u32) -> std::result::Result<u32, reencode::Error> {
        Ok(self.functions[function as usize])
    }

    fn global_index(&mut self, global: u32) -> std::result::Result<u32, reencode::Error> {
        Ok(self.first_global + global)
    }

    fn type_index(&mut self, ty: u32) -> std::result::Result<u32, reencode::Error> {
        Ok(self.first_type + ty)
    }
}
