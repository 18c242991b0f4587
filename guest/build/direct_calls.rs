//! Replaces the module's indirect calls by direct ones.
//!
//! TagLib calls virtual functions all the time. WebAssembly finds them in a table, whose entries
//! Wasmtime makes at first use in each instance: several hundred for each file, which took a
//! fifteenth of a small file's read. The table never changes. So for each type that is called
//! indirectly, the module gets a function that jumps by the index in the table (`br_table`) to a
//! direct tail call.
//!
//! An index without a function of the type traps, as before. A module whose table could change is
//! left as it is. Only speed is lost.

use crate::Result;
use std::collections::BTreeMap;
use std::convert::Infallible;
use wasm_encoder::reencode::{self, Reencode, utils};
use wasm_encoder::{
    BlockType, CodeSection, Function, FunctionSection, Instruction, Module, TypeSection,
};
use wasmparser::{
    CodeSectionReader, ElementItems, ElementKind, ExternalKind, FuncType, FunctionSectionReader,
    Operator, Parser, Payload, TableInit, TypeRef, TypeSectionReader, ValType,
};

/// The most cases of one jump: the published module needs 1,200.
const MAX_CASES: usize = 1 << 16;

/// Returns the module with direct calls only, or as it is if its table may change.
pub(crate) fn with_direct_calls(module: Vec<u8>) -> Result<Vec<u8>> {
    let failure =
        |error: &dyn std::fmt::Display| format!("the calls can't be made direct: {error}.");
    let table = Table::read(&module).map_err(|error| failure(&error))?;
    let Some(jumps) = table.jumps() else {
        println!(
            "cargo::warning=the module's table is not the expected one; its calls stay indirect"
        );
        return Ok(module);
    };
    let mut rewritten = Module::new();
    Rewrite { table: &table, jumps: &jumps }
        .parse_core_module(&mut rewritten, Parser::new(0), &module)
        .map_err(|error| failure(&error))?;
    Ok(rewritten.finish())
}

/// The module's table of functions, and which types are called through it.
#[derive(Default)]
struct Table {
    types: Vec<FuncType>,
    /// The index of each function's type, imported functions first.
    type_of: Vec<u32>,
    /// The functions by their indices in the table.
    entries: BTreeMap<u32, u32>,
    /// The types that are called indirectly.
    called: Vec<u32>,
    /// The number of tables.
    count: u32,
    /// Whether anything could change the table, or is not understood here.
    is_unsuitable: bool,
}

impl Table {
    fn read(module: &[u8]) -> wasmparser::Result<Self> {
        let mut table = Self::default();
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::TypeSection(section) => {
                    for ty in section.into_iter_err_on_gc_types() {
                        table.types.push(ty?);
                    }
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        match import?.ty {
                            TypeRef::Func(ty) => table.type_of.push(ty),
                            TypeRef::Table(_) | TypeRef::FuncExact(_) => {
                                table.is_unsuitable = true;
                            }
                            _ => {}
                        }
                    }
                }
                Payload::FunctionSection(section) => {
                    for ty in section {
                        table.type_of.push(ty?);
                    }
                }
                Payload::TableSection(section) => {
                    for definition in section {
                        table.count += 1;
                        table.is_unsuitable |= !matches!(definition?.init, TableInit::RefNull);
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        table.is_unsuitable |= export?.kind == ExternalKind::Table;
                    }
                }
                Payload::ElementSection(section) => {
                    for element in section {
                        table.add_segment(element?)?;
                    }
                }
                Payload::CodeSectionEntry(body) => {
                    for operator in body.get_operators_reader()? {
                        table.note_operator(&operator?);
                    }
                }
                _ => {}
            }
        }
        Ok(table)
    }

    fn add_segment(&mut self, element: wasmparser::Element<'_>) -> wasmparser::Result<()> {
        let (ElementKind::Active { offset_expr, .. }, ElementItems::Functions(functions)) =
            (element.kind, element.items)
        else {
            self.is_unsuitable = true;
            return Ok(());
        };
        let mut offset = offset_expr.get_operators_reader();
        let (Operator::I32Const { value }, Operator::End) = (offset.read()?, offset.read()?) else {
            self.is_unsuitable = true;
            return Ok(());
        };
        for (index, function) in (value as u32..).zip(functions) {
            self.entries.insert(index, function?);
        }
        Ok(())
    }

    fn note_operator(&mut self, operator: &Operator<'_>) {
        match operator {
            Operator::CallIndirect { type_index, .. } if !self.called.contains(type_index) => {
                self.called.push(*type_index);
            }
            Operator::ReturnCallIndirect { .. }
            | Operator::TableSet { .. }
            | Operator::TableInit { .. }
            | Operator::TableCopy { .. }
            | Operator::TableGrow { .. }
            | Operator::TableFill { .. } => self.is_unsuitable = true,
            _ => {}
        }
    }

    /// Returns a jump for each type that is called, or `None` if the table may change.
    fn jumps(&self) -> Option<Vec<Jump>> {
        let last = self.entries.last_key_value().map_or(0, |(index, _)| *index);
        if self.is_unsuitable || self.count != 1 || last as usize > MAX_CASES {
            return None;
        }
        let first_function = self.type_of.len() as u32;
        let jump = |(function, ty): (u32, &u32)| {
            Some(Jump { function, called_type: *ty, ty: self.types.get(*ty as usize)?.clone() })
        };
        (first_function..).zip(&self.called).map(jump).collect()
    }

    fn has_type(&self, function: u32, ty: &FuncType) -> bool {
        let index = self.type_of.get(function as usize);
        index.and_then(|index| self.types.get(*index as usize)) == Some(ty)
    }
}

/// A function that calls the function at an index in the table: its last parameter.
struct Jump {
    function: u32,
    /// The type of the functions that it calls.
    called_type: u32,
    ty: FuncType,
}

impl Jump {
    fn own_type(&self) -> FuncType {
        let parameters = self.ty.params().iter().copied().chain([ValType::I32]);
        FuncType::new(parameters, self.ty.results().iter().copied())
    }

    fn body(&self, table: &Table) -> Function {
        let targets: BTreeMap<u32, u32> = table
            .entries
            .iter()
            .filter(|(_, function)| table.has_type(**function, &self.ty))
            .map(|(index, function)| (*index, *function))
            .collect();
        let first = targets.first_key_value().map_or(0, |(index, _)| *index);
        let end = targets.last_key_value().map_or(0, |(index, _)| index + 1);
        let parameters = self.ty.params().len() as u32;

        let mut body = Function::new([]);
        // The outermost block is left for an index without a function.
        for _ in 0..=targets.len() {
            body.instruction(&Instruction::Block(BlockType::Empty));
        }
        body.instruction(&Instruction::LocalGet(parameters));
        body.instruction(&Instruction::I32Const(first as i32));
        body.instruction(&Instruction::I32Sub);
        let none = targets.len() as u32;
        let mut cases = 0..none;
        let case = |index| if targets.contains_key(&index) { cases.next() } else { None };
        let labels: Vec<u32> = (first..end).map(case).map(|case| case.unwrap_or(none)).collect();
        body.instruction(&Instruction::BrTable(labels.into(), none));
        for function in targets.values() {
            body.instruction(&Instruction::End);
            for parameter in 0..parameters {
                body.instruction(&Instruction::LocalGet(parameter));
            }
            body.instruction(&Instruction::ReturnCall(*function));
        }
        body.instruction(&Instruction::End);
        body.instruction(&Instruction::Unreachable);
        body.instruction(&Instruction::End);
        body
    }
}

/// Writes the module with the jumps at its end.
struct Rewrite<'a> {
    table: &'a Table,
    jumps: &'a [Jump],
}

type Encoded = std::result::Result<(), reencode::Error>;

impl Reencode for Rewrite<'_> {
    type Error = Infallible;

    fn instruction<'a>(
        &mut self,
        operator: Operator<'a>,
    ) -> std::result::Result<Instruction<'a>, reencode::Error> {
        if let Operator::CallIndirect { type_index, .. } = operator
            && let Some(jump) = self.jumps.iter().find(|jump| jump.called_type == type_index)
        {
            return Ok(Instruction::Call(jump.function));
        }
        utils::instruction(self, operator)
    }

    fn parse_type_section(
        &mut self,
        types: &mut TypeSection,
        section: TypeSectionReader<'_>,
    ) -> Encoded {
        utils::parse_type_section(self, types, section)?;
        for jump in self.jumps {
            let ty = self.func_type(jump.own_type())?;
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
        for ty in (self.table.types.len() as u32..).take(self.jumps.len()) {
            functions.function(ty);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Encoded {
        utils::parse_code_section(self, code, section)?;
        for jump in self.jumps {
            code.function(&jump.body(self.table));
        }
        Ok(())
    }
}
