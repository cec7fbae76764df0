// SPDX-License-Identifier: GPL-2.0-only

//! What is loosened, and where: each mutant is an edit or two of the text of a source file.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range, //
};
use syn::{
    spanned::Spanned,
    visit::{self, Visit},
    *, //
};

/// What may notice a mutant, beside the UI tests.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    /// A type: nothing else.
    Type,
    /// The interface: the list of it, too.
    Interface,
    /// A check at run time: the KUnit suites alone. It has a switch, so that one module has all
    /// of them. The first edit is where it begins, and the others are further on.
    Check,
    /// The same where the compiler evaluates it: a module of its own.
    Constant,
}

/// A replacement of a part of a file.
#[derive(Clone)]
pub struct Edit {
    pub file: String,
    pub range: Range<usize>,
    pub text: String,
}

/// One mutant.
pub struct Mutant {
    pub name: String,
    pub kind: Kind,
    pub edits: Vec<Edit>,
}

impl Mutant {
    /// Whether it is of a check at run time.
    pub fn is_check(&self) -> bool {
        matches!(self.kind, Kind::Check | Kind::Constant)
    }
}

/// A source file, by its path in the folder of the crate.
pub struct Source {
    pub path: String,
    pub text: String,
    pub syntax: File,
}

impl Source {
    /// The path of the module.
    fn module(&self) -> String {
        let path = self.path.trim_end_matches(".rs").replace('/', "::");
        format!("crate::mm::guard::{path}")
    }
}

/// The traits of the crate, their path and their supertraits, and what else the mutants go by.
#[derive(Default)]
struct Traits {
    paths: BTreeMap<String, String>,
    parents: BTreeMap<String, Vec<String>>,
    /// Those that say what a lock allows, and have nothing to implement.
    rights: BTreeSet<String>,
    /// Those that users cannot name: what has one above it is sealed.
    hidden: BTreeSet<String>,
    /// The types that are copied, with their modules: a method that takes one leaves it where it
    /// was.
    copied: BTreeSet<(String, String)>,
    /// The types for the crate alone, with their modules: what cannot name one has no value of it.
    inner: BTreeSet<(String, String)>,
}

impl Traits {
    fn collect(&mut self, module: &str, hidden: bool, items: &[Item]) {
        for item in items {
            match item {
                Item::Trait(item) => {
                    let name = item.ident.to_string();
                    self.paths.insert(name.clone(), format!("{module}::{name}"));
                    let parents = item.supertraits.iter().filter_map(trait_name).collect();
                    self.parents.insert(name.clone(), parents);
                    if hidden {
                        self.hidden.insert(name.clone());
                    }
                    if module.ends_with("::rights") && item.items.is_empty() {
                        self.rights.insert(name);
                    }
                }
                Item::Struct(ItemStruct {
                    attrs, ident, vis, ..
                })
                | Item::Enum(ItemEnum {
                    attrs, ident, vis, ..
                }) => {
                    if !is_public(vis) {
                        self.inner.insert((module.into(), ident.to_string()));
                    }
                    if attrs.iter().any(|attr| {
                        attr.path().is_ident("derive")
                            && attr.to_token_stream().to_string().contains("Copy")
                    }) {
                        self.copied.insert((module.into(), ident.to_string()));
                    }
                }
                Item::Impl(item) => {
                    let of_trait = item.trait_.as_ref().map(|(_, path, _)| path);
                    if of_trait.is_some_and(|path| path.is_ident("Copy")) {
                        let name = type_name(&item.self_ty);
                        self.copied.extend(name.map(|name| (module.into(), name)));
                    }
                }
                Item::Mod(item) => {
                    if let Some((_, items)) = &item.content {
                        let hidden = hidden || !is_public(&item.vis);
                        self.collect(&format!("{module}::{}", item.ident), hidden, items);
                    }
                }
                _ => (),
            }
        }
    }

    /// Whether nothing outside of the crate implements a trait.
    fn is_sealed(&self, name: &str) -> bool {
        self.hidden.contains(name)
            || self
                .parents
                .get(name)
                .into_iter()
                .flatten()
                .any(|parent| self.is_sealed(parent))
    }

    /// All supertraits of the crate's own.
    fn above(&self, name: &str) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        for parent in self.parents.get(name).into_iter().flatten() {
            // Sealed needs no name for this.
            if self.paths.contains_key(parent) && parent != "Sealed" {
                found.insert(parent.as_str());
                found.extend(self.above(parent));
            }
        }
        found
    }
}

/// Finds all mutants, each with a name of its own.
pub fn find(sources: &[Source]) -> Vec<Mutant> {
    let mut traits = Traits::default();
    for source in sources {
        traits.collect(&source.module(), false, &source.syntax.items);
    }
    let mut mutants = Vec::new();
    let mut methods = BTreeMap::new();
    for source in sources {
        let mut visitor = Finder {
            source,
            traits: &traits,
            methods: &mut methods,
            mutants: &mut mutants,
            path: Vec::new(),
            lifetimes: Vec::new(),
            header: None,
            public: true,
            foreign: false,
            constant: false,
        };
        visitor.visit_file(&source.syntax);
    }
    // A method of a trait changes in the trait and in all its impls at once.
    for (name, edits) in methods {
        mutants.push(Mutant {
            name,
            kind: Kind::Type,
            edits,
        });
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for mutant in &mut mutants {
        let times = seen.entry(mutant.name.clone()).or_default();
        *times += 1;
        if *times > 1 {
            mutant.name += &format!(" #{times}");
        }
    }
    mutants.sort_by_key(|mutant| {
        let edit = &mutant.edits[0];
        (edit.file.clone(), edit.range.start)
    });
    mutants
}

struct Finder<'a> {
    source: &'a Source,
    traits: &'a Traits,
    methods: &'a mut BTreeMap<String, Vec<Edit>>,
    mutants: &'a mut Vec<Mutant>,
    /// The items around.
    path: Vec<String>,
    /// The lifetimes that have a name here.
    lifetimes: Vec<String>,
    /// Of an impl around: where its generics go, whether there are some, and where the type has
    /// lifetimes without a name.
    header: Option<(Range<usize>, bool, Vec<Range<usize>>)>,
    /// Whether users see the signature.
    public: bool,
    /// Whether a trait that is not the crate's has the signature.
    foreign: bool,
    /// Whether the compiler evaluates this.
    constant: bool,
}

/// Whether the mutant of an edit is on.
const ON: &str = "crate::switch::on(NUMBER)";

fn bytes(span: Span) -> Range<usize> {
    span.byte_range()
}

fn empty(at: usize) -> Range<usize> {
    at..at
}

fn trait_name(bound: &TypeParamBound) -> Option<String> {
    match bound {
        TypeParamBound::Trait(bound) => Some(bound.path.segments.last()?.ident.to_string()),
        _ => None,
    }
}

/// The name of a type that is a path.
fn type_name(of: &Type) -> Option<String> {
    match of {
        Type::Path(of) => Some(of.path.segments.last()?.ident.to_string()),
        _ => None,
    }
}

fn is_public(vis: &Visibility) -> bool {
    matches!(vis, Visibility::Public(_))
}

/// Whether an item is a test's.
fn is_test(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| {
        let text = attr.meta.to_token_stream().to_string();
        attr.path().is_ident("cfg") && (text.contains("KUNIT") || text.contains("test"))
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

impl Finder<'_> {
    /// The text of a part of the file, on one line.
    fn quote(&self, range: Range<usize>) -> String {
        let text = self.source.text[range]
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        if text.chars().count() > 70 {
            return text.chars().take(67).collect::<String>() + "...";
        }
        text
    }

    fn edit(&self, range: Range<usize>, text: &str) -> Edit {
        Edit {
            file: self.source.path.clone(),
            range,
            text: text.into(),
        }
    }

    fn name(&self, what: &str) -> String {
        format!("{}: {}: {what}", self.source.path, self.path.join("::"))
    }

    fn add(&mut self, kind: Kind, what: String, edits: Vec<Edit>) {
        self.mutants.push(Mutant {
            name: self.name(&what),
            kind,
            edits,
        });
    }

    fn replace(&mut self, kind: Kind, what: String, range: Range<usize>, text: &str) {
        let edit = self.edit(range, text);
        self.add(kind, what, vec![edit]);
    }

    /// Takes away each bound, or puts a weaker trait in its place.
    fn bounds<'b>(
        &mut self,
        kind: Kind,
        subject: &str,
        bounds: impl IntoIterator<Item = &'b TypeParamBound>,
    ) {
        for bound in bounds {
            let range = bytes(bound.span());
            let what = format!("bound {subject}: {}", self.quote(range.clone()));
            match bound {
                TypeParamBound::Lifetime(_) => self.replace(kind, what, range, "Sized"),
                TypeParamBound::Trait(TraitBound {
                    modifier: TraitBoundModifier::None,
                    path,
                    ..
                }) => {
                    let name = path
                        .segments
                        .last()
                        .map(|s| s.ident.to_string())
                        .unwrap_or_default();
                    if name.starts_with("Fn") || name == "Sized" {
                        continue;
                    }
                    self.replace(kind, what.clone(), range.clone(), "Sized");
                    let traits = self.traits;
                    for above in traits.above(&name) {
                        let what = format!("{what} is {above}");
                        self.replace(kind, what, range.clone(), &traits.paths[above]);
                    }
                }
                _ => (),
            }
        }
    }

    fn outlives<'b>(&mut self, of: &Lifetime, bounds: impl IntoIterator<Item = &'b Lifetime>) {
        for bound in bounds {
            let what = format!("bound {of}: {bound}");
            self.replace(Kind::Type, what, bytes(bound.span()), &of.to_string());
        }
    }

    fn generics(&mut self, generics: &Generics) {
        for param in &generics.params {
            match param {
                GenericParam::Type(param) => {
                    self.bounds(Kind::Type, &param.ident.to_string(), &param.bounds);
                }
                GenericParam::Lifetime(param) => self.outlives(&param.lifetime, &param.bounds),
                GenericParam::Const(_) => (),
            }
        }
        for predicate in generics
            .where_clause
            .iter()
            .flat_map(|clause| &clause.predicates)
        {
            match predicate {
                WherePredicate::Type(predicate) => {
                    let subject = self.quote(bytes(predicate.bounded_ty.span()));
                    self.bounds(Kind::Type, &subject, &predicate.bounds);
                }
                WherePredicate::Lifetime(predicate) => {
                    self.outlives(&predicate.lifetime, &predicate.bounds);
                }
                _ => (),
            }
        }
    }

    fn name_lifetimes(&mut self, generics: &Generics) -> usize {
        let before = self.lifetimes.len();
        self.lifetimes
            .extend(generics.lifetimes().map(|param| param.lifetime.to_string()));
        before
    }

    /// Loosens what a caller sees of a function.
    fn signature(&mut self, sig: &Signature) {
        self.generics(&sig.generics);
        let before = self.name_lifetimes(&sig.generics);
        for input in &sig.inputs {
            match input {
                FnArg::Receiver(receiver) => self.receiver(sig, receiver),
                FnArg::Typed(arg) => {
                    let mut parts = Parts::default();
                    parts.visit_type(&arg.ty);
                    let name = self.quote(bytes(arg.pat.span()));
                    for range in parts.muts {
                        let edit = self.edit(range, "");
                        self.method(sig, format!("&mut of {name}"), edit);
                    }
                    for (range, lifetime) in parts.lifetimes {
                        if lifetime != "'_" && !lifetime.is_empty() {
                            let edit = self.edit(range, "'_");
                            self.method(sig, format!("{lifetime} of {name}"), edit);
                        }
                    }
                }
            }
        }
        if let ReturnType::Type(_, output) = &sig.output {
            let mut parts = Parts::default();
            parts.visit_type(output);
            for (i, (range, lifetime)) in (1..).zip(parts.lifetimes) {
                if self.of_trait().is_none() {
                    self.result_lifetime(range, &lifetime);
                } else if lifetime != "'static" {
                    let space = if lifetime.is_empty() { " " } else { "" };
                    let edit = self.edit(range, &format!("'static{space}"));
                    self.method(sig, format!("lifetime {i} of the result is 'static"), edit);
                }
            }
        }
        self.lifetimes.truncate(before);
    }

    fn receiver(&mut self, sig: &Signature, receiver: &Receiver) {
        let range = bytes(receiver.span());
        let what = match (&receiver.reference, &receiver.mutability) {
            _ if receiver.colon_token.is_some() => return,
            (Some((_, lifetime)), Some(_)) => {
                let lifetime = lifetime
                    .as_ref()
                    .map(|l| format!("{l} "))
                    .unwrap_or_default();
                Some(("&mut self".into(), format!("&{lifetime}self")))
            }
            (None, _) if !self.is_of(&self.traits.copied) => Some(("self".into(), "&self".into())),
            _ => None,
        };
        if let Some((what, text)) = what {
            let edit = self.edit(range.clone(), &text);
            self.method(sig, what, edit);
        }
        if let Some((_, Some(lifetime))) = &receiver.reference {
            let edit = self.edit(bytes(lifetime.span()), "'_");
            self.method(sig, format!("{lifetime} of self"), edit);
        }
    }

    /// Whether the type around is one of these.
    fn is_of(&self, types: &BTreeSet<(String, String)>) -> bool {
        let module = self.source.module();
        self.path
            .iter()
            .filter_map(|part| part.strip_prefix("impl ")?.split('<').next())
            .any(|name| types.contains(&(module.clone(), name.into())))
    }

    /// Adds a mutant of a method, which is one mutant with those of the other impls of its trait.
    fn method(&mut self, sig: &Signature, what: String, edit: Edit) {
        if self.foreign {
            return;
        }
        match self.of_trait() {
            Some(name) => {
                let name = format!("trait {name}::{}: {what}", sig.ident);
                self.methods.entry(name).or_default().push(edit);
            }
            None => self.add(Kind::Type, what, vec![edit]),
        }
    }

    /// The trait that the methods here are of.
    fn of_trait(&self) -> Option<&str> {
        let part = self.path.iter().find(|part| part.starts_with("trait "))?;
        part.split(' ').nth(1)
    }

    /// Ties a result to something else than what it borrows.
    fn result_lifetime(&mut self, range: Range<usize>, lifetime: &str) {
        // A reference without one has the place after the sign.
        let space = if lifetime.is_empty() { " " } else { "" };
        let shown = if lifetime.is_empty() { "&" } else { lifetime };
        let others: Vec<_> = self
            .lifetimes
            .iter()
            .filter(|l| *l != lifetime)
            .cloned()
            .collect();
        for other in others.iter().map(String::as_str).chain(["'static"]) {
            if other != lifetime {
                let what = format!("{shown} of the result is {other}");
                self.replace(Kind::Type, what, range.clone(), &format!("{other}{space}"));
            }
        }
        let Some((generics, some, unnamed)) = self.header.clone() else {
            return;
        };
        for (i, place) in unnamed.iter().enumerate() {
            let params = if some { "'mutant, " } else { "<'mutant>" };
            let edits = vec![
                self.edit(generics.clone(), params),
                self.edit(place.clone(), "'mutant"),
                self.edit(range.clone(), &format!("'mutant{space}")),
            ];
            self.add(
                Kind::Type,
                format!("{shown} of the result is number {} of the impl", i + 1),
                edits,
            );
        }
    }

    /// Lets a type cross from one task to another.
    fn crosses_tasks(&mut self, item: &ItemStruct) {
        let text = &self.source.text;
        let name = item.ident.to_string();
        let stays = text
            .match_indices("stays_with_its_task!(")
            .find_map(|(start, _)| {
                let end = start + text[start..].find(");")? + 2;
                let list = &text[start..end];
                list.split(|c: char| !c.is_alphanumeric())
                    .any(|word| word == name)
                    .then_some(start..end)
            });
        let fields = text[bytes(item.fields.span())].to_string();
        let raw = ["NotThreadSafe", "NonNull", "*mut", "*const"];
        if stays.is_none() && !raw.iter().any(|word| fields.contains(word)) {
            return;
        }
        let (generics, args, clause) = item.generics.split_for_impl();
        for marker in ["Send", "Sync"] {
            let added = format!(
                "\nunsafe impl{} core::marker::{marker} for {name}{} {} {{}}\n",
                generics.to_token_stream(),
                args.to_token_stream(),
                clause.to_token_stream(),
            );
            let mut edits = vec![self.edit(empty(bytes(item.span()).end), &added)];
            edits.extend(stays.clone().map(|range| self.edit(range, "")));
            self.add(Kind::Interface, format!("is {marker}"), edits);
        }
    }

    /// Gives a lock a right that its row of the table lacks.
    fn lock_states(&mut self, tokens: TokenStream, end: usize) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        for row in tokens.split(|t| matches!(t, TokenTree::Punct(p) if p.as_char() == ';')) {
            let words: Vec<_> = row.iter().map(ToString::to_string).collect();
            let Some(state) = words.first() else { continue };
            let traits = self.traits;
            for right in &traits.rights {
                let has = words.contains(right)
                    || words
                        .iter()
                        .any(|w| traits.above(w).contains(right.as_str()));
                if !has && !["MayInstall", "CrossesTasks"].contains(&right.as_str()) {
                    let added = format!("\nimpl {} for {state} {{}}\n", traits.paths[right]);
                    self.replace(
                        Kind::Type,
                        format!("{state} has {right}"),
                        empty(end),
                        &added,
                    );
                }
            }
        }
    }

    /// Swaps neighbours of the table of the lock order.
    fn lock_order(&mut self, tokens: TokenStream) {
        let Some(TokenTree::Group(levels)) = tokens.into_iter().nth(1) else {
            return;
        };
        let mut names = Vec::new();
        let mut first = true;
        for token in levels.stream() {
            match &token {
                TokenTree::Ident(ident) if first => {
                    names.push((ident.to_string(), bytes(ident.span())));
                    first = false;
                }
                TokenTree::Punct(punct) if punct.as_char() == ';' => first = true,
                _ => (),
            }
        }
        for pair in names.windows(2) {
            let [(outer, at), (inner, next)] = pair else {
                continue;
            };
            let edits = vec![self.edit(at.clone(), inner), self.edit(next.clone(), outer)];
            self.add(Kind::Type, format!("{inner} before {outer}"), edits);
        }
    }

    /// Makes a condition true or false.
    fn condition(&mut self, what: &str, expr: &Expr, value: bool) {
        let range = bytes(expr.span());
        let quote = self.quote(range.clone());
        // What a driver does not implement cannot be called: the module does not link.
        if what == "if" && value && quote.starts_with("T::HAS_") {
            return;
        }
        let open = if value {
            format!("({ON} || (")
        } else {
            format!("(!{ON} && (")
        };
        let edits = vec![
            self.edit(empty(range.start), &open),
            self.edit(empty(range.end), "))"),
        ];
        self.check(format!("{what} {quote}: {value}"), edits);
    }

    /// Has a comparison give the other result: for all values, or for those that are equal.
    fn comparison(&mut self, expr: &ExprBinary, other: &str, method: Option<&str>) {
        let range = bytes(expr.span());
        let what = format!("{}: {other}", self.quote(range.clone()));
        let operator = bytes(expr.op.span());
        let edits = match method {
            None => vec![
                self.edit(empty(range.start), "(("),
                self.edit(empty(range.end), &format!(") != {ON})")),
            ],
            Some(_) if self.constant => vec![self.edit(operator, other)],
            Some(method) => vec![
                self.edit(
                    empty(range.start),
                    &format!("crate::switch::compare(NUMBER, PartialOrd::{method}, &("),
                ),
                self.edit(operator, "), &("),
                self.edit(empty(range.end), "))"),
            ],
        };
        self.check(what, edits);
    }

    fn check(&mut self, what: String, mut edits: Vec<Edit>) {
        let mut kind = Kind::Check;
        if self.constant {
            kind = Kind::Constant;
            for edit in &mut edits {
                edit.text = edit.text.replace(ON, "true");
            }
        }
        self.add(kind, what, edits);
    }

    /// Visits what the compiler evaluates.
    fn constant(&mut self, constant: bool, visit: impl FnOnce(&mut Self)) {
        let before = self.constant;
        self.constant |= constant;
        visit(self);
        self.constant = before;
    }
}

/// The places of a type that may be loosened.
#[derive(Default)]
struct Parts {
    /// The `mut` of references.
    muts: Vec<Range<usize>>,
    /// Lifetimes, or the place of one.
    lifetimes: Vec<(Range<usize>, String)>,
}

impl<'ast> Visit<'ast> for Parts {
    fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
        if let Some(token) = &reference.mutability {
            self.muts.push(bytes(token.span()));
        }
        if reference.lifetime.is_none() {
            self.lifetimes
                .push((empty(bytes(reference.and_token.span()).end), String::new()));
        }
        visit::visit_type_reference(self, reference);
    }

    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        self.lifetimes
            .push((bytes(lifetime.span()), lifetime.to_string()));
    }

    // What a closure gets has lifetimes of its own.
    fn visit_parenthesized_generic_arguments(&mut self, _: &'ast ParenthesizedGenericArguments) {}
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_test(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_attribute(&mut self, attr: &'ast Attribute) {
        if attr.path().is_ident("must_use") {
            self.replace(Kind::Type, "must_use".into(), bytes(attr.span()), "");
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.path.push(format!("mod {}", item.ident));
        visit::visit_item_mod(self, item);
        self.path.pop();
    }

    fn visit_item_struct(&mut self, item: &'ast ItemStruct) {
        self.path.push(format!("struct {}", item.ident));
        item.attrs
            .iter()
            .for_each(|attr| self.visit_attribute(attr));
        // A bound here is for whoever reads it: what makes a value, or takes one, has it as well.
        self.crosses_tasks(item);
        for (i, field) in item.fields.iter().enumerate() {
            let name = field
                .ident
                .as_ref()
                .map_or(i.to_string(), ToString::to_string);
            if is_public(&item.vis) && !is_public(&field.vis) {
                let range = match &field.vis {
                    Visibility::Inherited => empty(
                        field
                            .ident
                            .as_ref()
                            .map_or(field.ty.span(), Ident::span)
                            .byte_range()
                            .start,
                    ),
                    vis => bytes(vis.span()),
                };
                self.replace(
                    Kind::Interface,
                    format!("field {name} is pub"),
                    range,
                    "pub ",
                );
            }
            Variance {
                name: &name,
                finder: self,
            }
            .visit_type(&field.ty);
        }
        self.path.pop();
    }

    fn visit_item_enum(&mut self, item: &'ast ItemEnum) {
        self.path.push(format!("enum {}", item.ident));
        item.attrs
            .iter()
            .for_each(|attr| self.visit_attribute(attr));
        self.path.pop();
    }

    fn visit_item_type(&mut self, item: &'ast ItemType) {
        self.path.push(format!("type {}", item.ident));
        Variance {
            name: "it",
            finder: self,
        }
        .visit_type(&item.ty);
        self.path.pop();
    }

    fn visit_item_trait(&mut self, item: &'ast ItemTrait) {
        self.path.push(format!("trait {}", item.ident));
        item.attrs
            .iter()
            .for_each(|attr| self.visit_attribute(attr));
        self.generics(&item.generics);
        // Without another supertrait, users have less of a sealed trait, and no more types.
        let traits = self.traits;
        let seals = |bound: &&TypeParamBound| {
            trait_name(bound).is_some_and(|name| traits.is_sealed(&name)) //
        };
        match item.supertraits.iter().filter(seals).collect::<Vec<_>>()[..] {
            [] if !traits.is_sealed(&item.ident.to_string()) => {
                self.bounds(Kind::Interface, "Self", &item.supertraits);
            }
            [bound] => {
                let range = bytes(bound.span());
                let what = format!("bound Self: {}", self.quote(range.clone()));
                self.replace(Kind::Interface, what, range, "Sized");
            }
            _ => (),
        }
        let before = self.name_lifetimes(&item.generics);
        self.public = is_public(&item.vis);
        item.items
            .iter()
            .for_each(|item| self.visit_trait_item(item));
        self.public = true;
        self.lifetimes.truncate(before);
        self.path.pop();
    }

    fn visit_trait_item_type(&mut self, item: &'ast TraitItemType) {
        self.bounds(Kind::Type, &format!("Self::{}", item.ident), &item.bounds);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        self.path.push(format!("fn {}", item.sig.ident));
        if self.public {
            self.signature(&item.sig);
        }
        visit::visit_trait_item_fn(self, item);
        self.path.pop();
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        let of = self.quote(bytes(item.self_ty.span()));
        let mut name = format!("impl {of}");
        if let Some((_, path, _)) = &item.trait_ {
            let of_trait = path.segments.last().unwrap().ident.to_string();
            self.foreign = !self.traits.paths.contains_key(&of_trait);
            name = format!("trait {of_trait} for {of}");
        }
        self.path.push(name);
        item.attrs
            .iter()
            .for_each(|attr| self.visit_attribute(attr));
        self.generics(&item.generics);
        let before = self.name_lifetimes(&item.generics);
        let mut parts = Parts::default();
        parts.visit_type(&item.self_ty);
        let unnamed = parts
            .lifetimes
            .into_iter()
            .filter(|(_, name)| name == "'_")
            .map(|(at, _)| at);
        let (generics, some) = match &item.generics.lt_token {
            Some(token) => (empty(bytes(token.span()).end), true),
            None => (empty(bytes(item.impl_token.span()).end), false),
        };
        self.header = Some((generics, some, unnamed.collect()));
        item.items
            .iter()
            .for_each(|item| self.visit_impl_item(item));
        self.header = None;
        self.lifetimes.truncate(before);
        self.foreign = false;
        self.path.pop();
    }

    fn visit_impl_item_type(&mut self, item: &'ast ImplItemType) {
        let mut parts = Parts::default();
        parts.visit_type(&item.ty);
        for (range, lifetime) in parts.lifetimes {
            if !lifetime.is_empty() {
                let what = format!("{lifetime} of Self::{} is 'static", item.ident);
                self.replace(Kind::Type, what, range, "'static");
            }
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        if is_test(&item.attrs) {
            return;
        }
        self.path.push(format!("fn {}", item.sig.ident));
        if is_public(&item.vis) || self.of_trait().is_some() {
            self.signature(&item.sig);
        }
        if !self.is_of(&self.traits.inner) {
            self.visibility(&item.vis);
        }
        self.safety(&item.vis, &item.sig);
        self.constant(item.sig.constness.is_some(), |finder| {
            visit::visit_impl_item_fn(finder, item);
        });
        self.path.pop();
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.path.push(format!("fn {}", item.sig.ident));
        if is_public(&item.vis) {
            self.signature(&item.sig);
        }
        self.visibility(&item.vis);
        self.safety(&item.vis, &item.sig);
        self.constant(item.sig.constness.is_some(), |finder| {
            visit::visit_item_fn(finder, item);
        });
        self.path.pop();
    }

    fn visit_item_macro(&mut self, item: &'ast ItemMacro) {
        self.path
            .push(format!("{}!", item.mac.path.segments.last().unwrap().ident));
        let end = bytes(item.span()).end;
        match self.path.last().map(String::as_str) {
            Some("lock_states!") => self.lock_states(item.mac.tokens.clone(), end),
            Some("lock_order!") => self.lock_order(item.mac.tokens.clone()),
            _ => (),
        }
        self.path.pop();
    }

    fn visit_item_const(&mut self, item: &'ast ItemConst) {
        self.constant(true, |finder| visit::visit_item_const(finder, item));
    }

    fn visit_impl_item_const(&mut self, item: &'ast ImplItemConst) {
        self.constant(true, |finder| visit::visit_impl_item_const(finder, item));
    }

    fn visit_trait_item_const(&mut self, item: &'ast TraitItemConst) {
        self.constant(true, |finder| visit::visit_trait_item_const(finder, item));
    }

    fn visit_item_static(&mut self, item: &'ast ItemStatic) {
        self.constant(true, |finder| visit::visit_item_static(finder, item));
    }

    fn visit_expr_const(&mut self, expr: &'ast ExprConst) {
        self.constant(true, |finder| visit::visit_expr_const(finder, expr));
    }

    fn visit_expr_if(&mut self, expr: &'ast ExprIf) {
        if !matches!(*expr.cond, Expr::Let(_)) {
            let leaves = matches!(
                expr.then_branch.stmts.last(),
                Some(Stmt::Expr(
                    Expr::Return(_) | Expr::Break(_) | Expr::Continue(_),
                    _
                ))
            );
            self.condition("if", &expr.cond, false);
            if !leaves {
                self.condition("if", &expr.cond, true);
            }
        }
        visit::visit_expr_if(self, expr);
    }

    fn visit_arm(&mut self, arm: &'ast Arm) {
        if let Some((_, guard)) = &arm.guard {
            self.condition("guard", guard, false);
            self.condition("guard", guard, true);
        }
        visit::visit_arm(self, arm);
    }

    fn visit_expr_binary(&mut self, expr: &'ast ExprBinary) {
        match expr.op {
            BinOp::And(_) | BinOp::Or(_) => {
                let value = matches!(expr.op, BinOp::And(_));
                self.condition("operand", &expr.left, value);
                self.condition("operand", &expr.right, value);
            }
            BinOp::Lt(_) => self.comparison(expr, "<=", Some("lt")),
            BinOp::Le(_) => self.comparison(expr, "<", Some("le")),
            BinOp::Gt(_) => self.comparison(expr, ">=", Some("gt")),
            BinOp::Ge(_) => self.comparison(expr, ">", Some("ge")),
            BinOp::Eq(_) => self.comparison(expr, "!=", None),
            BinOp::Ne(_) => self.comparison(expr, "==", None),
            _ => (),
        }
        visit::visit_expr_binary(self, expr);
    }

    fn visit_expr_try(&mut self, expr: &'ast ExprTry) {
        let quote = self.quote(bytes(expr.span()));
        let edits = vec![
            self.edit(
                empty(bytes(expr.span()).start),
                "crate::switch::never(NUMBER, ",
            ),
            self.edit(empty(bytes(expr.question_token.span()).start), ")"),
        ];
        self.check(format!("{quote}: unchecked"), edits);
        visit::visit_expr_try(self, expr);
    }

    fn visit_local(&mut self, local: &'ast Local) {
        if let Some(LocalInit {
            diverge: Some((_, diverge)),
            ..
        }) = &local.init
        {
            let quote = self.quote(bytes(local.pat.span()));
            let edits = vec![
                self.edit(
                    empty(bytes(diverge.span()).start),
                    "{ crate::switch::came(NUMBER); ",
                ),
                self.edit(empty(bytes(diverge.span()).end), " }"),
            ];
            self.check(format!("let {quote}: unchecked"), edits);
        }
        visit::visit_local(self, local);
    }
}

impl Finder<'_> {
    /// Shows to users what the crate alone may call.
    fn visibility(&mut self, vis: &Visibility) {
        if matches!(vis, Visibility::Restricted(_)) {
            self.replace(Kind::Interface, "pub".into(), bytes(vis.span()), "pub");
        }
    }

    fn safety(&mut self, vis: &Visibility, sig: &Signature) {
        if let (true, Some(token)) = (is_public(vis), &sig.unsafety) {
            self.replace(Kind::Interface, "no unsafe".into(), bytes(token.span()), "");
        }
    }
}

/// Finds function types in a field, by which its type keeps to one lifetime.
struct Variance<'f, 'a> {
    name: &'f str,
    finder: &'f mut Finder<'a>,
}

impl<'ast> Visit<'ast> for Variance<'_, '_> {
    fn visit_type_bare_fn(&mut self, function: &'ast TypeBareFn) {
        if let (false, ReturnType::Type(_, output)) = (function.inputs.is_empty(), &function.output)
        {
            let text = self.finder.source.text[bytes(output.span())].to_string();
            let range = bytes(function.span());
            let what = format!("{} is covariant", self.name);
            self.finder.replace(Kind::Type, what, range, &text);
        }
    }
}
