//! Replaces functions of the module by faster ones: `malloc`, `free` and `memcmp`.
//!
//! `replacements.wat` has the new functions and says how they work. They take the place
//! of the old ones, so that every call in the module reaches them. The old `malloc` and
//! `free` move to the end of the module, where the new ones call them.
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

const REPLACEMENTS: &str = include_str!("replacements.wat");

/// The new functions that take the place of old ones.
const REPLACED: [&str; 3] = ["malloc", "free", "memcmp"];

/// The old functions that the new ones call.
const MOVED: [&str; 2] = ["malloc", "free"];

/// The new function that starts the size classes. `warm.rs` calls it.
pub(crate) const START: &str = "start";

/// The body of wasi-libc's `memcmp`, which has no export to find it by.
const MEMCMP: &[u8] = &[
    0x03, 0x01, 0x7f, 0x01, 0x7f, 0x01, 0x7f, 0x02, 0x40, 0x20, 0x02, 0x45, 0x0d, 0x00, 0x03, 0x40,
    0x20, 0x00, 0x2d, 0x00, 0x00, 0x22, 0x03, 0x20, 0x01, 0x2d, 0x00, 0x00, 0x22, 0x04, 0x46, 0x04,
    0x40, 0x20, 0x01, 0x41, 0x01, 0x6a, 0x21, 0x01, 0x20, 0x00, 0x41, 0x01, 0x6a, 0x21, 0x00, 0x20,
    0x02, 0x41, 0x01, 0x6b, 0x22, 0x02, 0x0d, 0x01, 0x0c, 0x02, 0x0b, 0x0b, 0x20, 0x03, 0x20, 0x04,
    0x6b, 0x21, 0x05, 0x0b, 0x20, 0x05, 0x0b,
];

/// Returns the module with the replacements, or as it is if they don't fit.
pub(crate) fn with_replacements(module: &[u8]) -> Result<Vec<u8>> {
    let new = wat::parse_str(REPLACEMENTS)
        .map_err(|error| format!("replacements.wat can't be parsed: {error}."))?;
    let failure =
        |error: &dyn std::fmt::Display| format!("the module can't be rewritten: {error}.");
    let old = Functions::read(module).map_err(|error| failure(&error))?;
    let new = Functions::read(&new).map_err(|error| failure(&error))?;
    let Some(places) = Places::find(&old, &new) else {
        println!(
            "cargo::warning=the module's allocator is not the expected one and stays as it is"
        );
        return Ok(module.to_vec());
    };
    let mut rewritten = Module::new();
    Rewrite { old: &old, new: &new, places: &places }
        .parse_core_module(&mut rewritten, Parser::new(0), module)
        .map_err(|error| failure(&error))?;
    Ok(rewritten.finish())
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

    /// Finds a function by its export, or `memcmp` by its body.
    fn find(&self, name: &str) -> Option<u32> {
        if name == "memcmp" {
            self.with_body(MEMCMP)
        } else {
            self.behind(*self.exports.get(name)?)
        }
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
struct Places {
    /// The new functions' indices, by their indices in `replacements.wat`.
    of_new: Vec<u32>,
    /// The new functions by the indices of the old ones that they replace.
    replacing: HashMap<u32, u32>,
    /// The old functions that are moved to the end, and then the added functions.
    moved: Vec<u32>,
    added: Vec<u32>,
}

impl Places {
    /// Finds the old functions. Returns `None` if one is missing or has another type.
    fn find(old: &Functions<'_>, new: &Functions<'_>) -> Option<Self> {
        let mut replacing = HashMap::new();
        for name in REPLACED {
            let (old_index, new_index) = (old.find(name)?, *new.exports.get(name)?);
            if old.ty(old_index)? != new.ty(new_index)? {
                return None;
            }
            replacing.insert(old_index, new_index);
        }
        let moved = MOVED.iter().map(|name| old.find(name)).collect::<Option<Vec<u32>>>()?;
        // The imports of `replacements.wat` are what is moved, in this order.
        if new.imported != MOVED {
            return None;
        }
        let mut places = Self { of_new: Vec::new(), replacing, moved, added: Vec::new() };
        let end = old.type_of.len() as u32;
        for function in 0..new.type_of.len() as u32 {
            let replaced = places.replacing.iter().find(|(_, new)| **new == function);
            let place = match replaced {
                Some((old, _)) => *old,
                None if (function as usize) < new.imported.len() => end + function,
                None => {
                    places.added.push(function);
                    end + (places.moved.len() + places.added.len() - 1) as u32
                }
            };
            places.of_new.push(place);
        }
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
        let start = self.new.exports[START] as usize;
        exports.export(START, ExportKind::Func, self.places.of_new[start]);
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
            let body = self.old.body(*old).expect("it was found by its body").clone();
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
