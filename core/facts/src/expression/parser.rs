//! From words to an expression: one function for each line of the grammar.

use super::token::{Token, Word, words};
use super::{
    BYTES_MAX, DEPTH_MAX, Expression, ExpressionError, Kind, NODES_MAX, Operator,
    ROUND_DECIMALS_MAX, Relation,
};

type Parsed = Result<Node, ExpressionError>;

/// An expression, with what it comes to and how deep it is.
struct Node {
    expression: Expression,
    kind: Kind,
    depth: usize,
}

struct Parser<'a> {
    words: Vec<Word<'a>>,
    next: usize,
    nodes: usize,
    brackets: usize,
}

pub(super) fn parse(text: &str) -> Result<Expression, ExpressionError> {
    if text.len() > BYTES_MAX {
        return Err(ExpressionError::TooLarge);
    }
    let mut parser = Parser { words: words(text)?, next: 0, nodes: 0, brackets: 0 };
    let node = parser.or()?;
    if parser.token() != Token::End {
        return Err(parser.unexpected("an operator or the end"));
    }
    if node.kind == Kind::Answer {
        return Err(parser.wrong_kind(node.kind, Kind::Member));
    }
    Ok(node.expression)
}

impl<'a> Parser<'a> {
    fn or(&mut self) -> Parsed {
        let mut left = self.and()?;
        while self.takes_name("or") {
            let right = self.and()?;
            left = self.answers(left, right, Expression::Or)?;
        }
        Ok(left)
    }

    fn and(&mut self) -> Parsed {
        let mut left = self.not()?;
        while self.takes_name("and") {
            let right = self.not()?;
            left = self.answers(left, right, Expression::And)?;
        }
        Ok(left)
    }

    fn answers(
        &mut self,
        left: Node,
        right: Node,
        make: fn(Box<Expression>, Box<Expression>) -> Expression,
    ) -> Parsed {
        self.require(&left, Kind::Answer)?;
        self.require(&right, Kind::Answer)?;
        let depth = left.depth.max(right.depth);
        let expression = make(Box::new(left.expression), Box::new(right.expression));
        self.node(expression, Kind::Answer, depth)
    }

    fn not(&mut self) -> Parsed {
        if !self.takes_name("not") {
            return self.compare();
        }
        let inner = self.inside(Self::not)?;
        self.require(&inner, Kind::Answer)?;
        self.node(Expression::Not(Box::new(inner.expression)), Kind::Answer, inner.depth)
    }

    fn compare(&mut self) -> Parsed {
        let left = self.sum()?;
        let relation = match self.token() {
            Token::Sign("=") => Relation::Equal,
            Token::Sign("!=") => Relation::Different,
            Token::Sign("<") => Relation::Below,
            Token::Sign("<=") => Relation::AtMost,
            Token::Sign(">") => Relation::Above,
            Token::Sign(">=") => Relation::AtLeast,
            _ => return Ok(left),
        };
        self.next += 1;
        let right = self.sum()?;
        let needed = match relation {
            Relation::Equal | Relation::Different => Kind::Member,
            _ => Kind::Number,
        };
        self.require(&left, needed)?;
        self.require(&right, needed)?;
        let depth = left.depth.max(right.depth);
        let (left, right) = (Box::new(left.expression), Box::new(right.expression));
        self.node(Expression::Compare(relation, left, right), Kind::Answer, depth)
    }

    fn sum(&mut self) -> Parsed {
        let mut left = self.product()?;
        loop {
            let operator = match self.token() {
                Token::Sign("+") => Operator::Plus,
                Token::Sign("-") => Operator::Minus,
                _ => return Ok(left),
            };
            self.next += 1;
            let right = self.product()?;
            left = self.arithmetic(operator, left, right)?;
        }
    }

    fn product(&mut self) -> Parsed {
        let mut left = self.unary()?;
        loop {
            let operator = match self.token() {
                Token::Sign("*") => Operator::Times,
                Token::Sign("/") => Operator::Over,
                _ => return Ok(left),
            };
            self.next += 1;
            let right = self.unary()?;
            left = self.arithmetic(operator, left, right)?;
        }
    }

    fn arithmetic(&mut self, operator: Operator, left: Node, right: Node) -> Parsed {
        self.require(&left, Kind::Number)?;
        self.require(&right, Kind::Number)?;
        let depth = left.depth.max(right.depth);
        let (left, right) = (Box::new(left.expression), Box::new(right.expression));
        self.node(Expression::Arithmetic(operator, left, right), Kind::Number, depth)
    }

    fn unary(&mut self) -> Parsed {
        if !self.takes_sign("-") {
            return self.value();
        }
        let inner = self.inside(Self::unary)?;
        self.require(&inner, Kind::Number)?;
        self.node(Expression::Negate(Box::new(inner.expression)), Kind::Number, inner.depth)
    }

    fn value(&mut self) -> Parsed {
        let token = self.token();
        self.next += 1;
        match token {
            Token::Number(_, value) => self.node(Expression::Number(value), Kind::Number, 0),
            Token::Text(text) => self.node(Expression::Text(text.to_owned()), Kind::Text, 0),
            Token::Quoted(name) if !name.is_empty() => self.member(name),
            Token::Name("and" | "or" | "not") => self.no_value(),
            Token::Name(function) if self.takes_sign("(") => self.call(function),
            Token::Name(name) => self.member(name),
            Token::Sign("(") => {
                let inner = self.inside(Self::or)?;
                self.expect_sign(")")?;
                Ok(inner)
            }
            _ => self.no_value(),
        }
    }

    fn no_value(&mut self) -> Parsed {
        self.next -= 1;
        Err(self.unexpected("a value"))
    }

    fn member(&mut self, name: &str) -> Parsed {
        self.node(Expression::Member(name.to_owned()), Kind::Member, 0)
    }

    /// A function, after its opening bracket.
    fn call(&mut self, function: &str) -> Parsed {
        let name_at = self.next - 2;
        match function {
            "min" => self.many(Kind::Number, Kind::Number, Expression::Min),
            "max" => self.many(Kind::Number, Kind::Number, Expression::Max),
            "concat" => self.many(Kind::Member, Kind::Text, Expression::Concat),
            "floor" => self.one(Expression::Floor),
            "ceil" => self.one(Expression::Ceil),
            "round" => self.round(),
            "if" => self.choice(),
            _ => {
                self.next = name_at;
                Err(self.unexpected("min, max, floor, ceil, round, if or concat before a bracket"))
            }
        }
    }

    fn many(
        &mut self,
        each: Kind,
        comes_to: Kind,
        make: fn(Vec<Expression>) -> Expression,
    ) -> Parsed {
        let (mut all, mut depth) = (Vec::new(), 0);
        loop {
            let it = self.inside(Self::or)?;
            self.require(&it, each)?;
            depth = depth.max(it.depth);
            all.push(it.expression);
            if !self.takes_sign(",") {
                break;
            }
        }
        self.expect_sign(")")?;
        self.node(make(all), comes_to, depth)
    }

    fn one(&mut self, make: fn(Box<Expression>) -> Expression) -> Parsed {
        let inner = self.inside(Self::or)?;
        self.require(&inner, Kind::Number)?;
        self.expect_sign(")")?;
        self.node(make(Box::new(inner.expression)), Kind::Number, inner.depth)
    }

    fn round(&mut self) -> Parsed {
        let inner = self.inside(Self::or)?;
        self.require(&inner, Kind::Number)?;
        self.expect_sign(",")?;
        let Token::Number(text, _) = self.token() else {
            return Err(self.unexpected("how many decimals, 0 to 9"));
        };
        let Some(decimals) = text.parse().ok().filter(|it| *it <= ROUND_DECIMALS_MAX) else {
            return Err(self.unexpected("how many decimals, 0 to 9"));
        };
        self.next += 1;
        self.expect_sign(")")?;
        let expression = Expression::Round(Box::new(inner.expression), decimals);
        self.node(expression, Kind::Number, inner.depth)
    }

    fn choice(&mut self) -> Parsed {
        let asked = self.inside(Self::or)?;
        self.require(&asked, Kind::Answer)?;
        self.expect_sign(",")?;
        let first = self.inside(Self::or)?;
        self.require(&first, Kind::Member)?;
        self.expect_sign(",")?;
        let second = self.inside(Self::or)?;
        self.require(&second, Kind::Member)?;
        self.expect_sign(")")?;
        let kind = if first.kind == second.kind { first.kind } else { Kind::Member };
        let depth = asked.depth.max(first.depth).max(second.depth);
        let [asked, first, second] = [asked, first, second].map(|node| Box::new(node.expression));
        self.node(Expression::If(asked, first, second), kind, depth)
    }

    /// Reads something that stands inside something else. The limit keeps hostile brackets from
    /// using up the stack.
    fn inside(&mut self, read: fn(&mut Self) -> Parsed) -> Parsed {
        self.brackets += 1;
        if self.brackets >= DEPTH_MAX {
            return Err(ExpressionError::TooLarge);
        }
        let node = read(self);
        self.brackets -= 1;
        node
    }

    fn node(&mut self, expression: Expression, kind: Kind, depth_inside: usize) -> Parsed {
        self.nodes += 1;
        let depth = depth_inside + 1;
        if self.nodes > NODES_MAX || depth > DEPTH_MAX {
            return Err(ExpressionError::TooLarge);
        }
        Ok(Node { expression, kind, depth })
    }

    /// A member may be what is needed, so only what can never be is refused.
    fn require(&self, node: &Node, expected: Kind) -> Result<(), ExpressionError> {
        let fits = match (node.kind, expected) {
            (Kind::Answer, expected) => expected == Kind::Answer,
            (Kind::Member, expected) => expected != Kind::Answer,
            (actual, expected) => actual == expected || expected == Kind::Member,
        };
        if fits { Ok(()) } else { Err(self.wrong_kind(node.kind, expected)) }
    }

    fn token(&self) -> Token<'a> {
        self.words.get(self.next).map_or(Token::End, |word| word.token)
    }

    fn takes_name(&mut self, name: &str) -> bool {
        let takes = self.token() == Token::Name(name);
        self.next += usize::from(takes);
        takes
    }

    fn takes_sign(&mut self, sign: &'static str) -> bool {
        let takes = self.token() == Token::Sign(sign);
        self.next += usize::from(takes);
        takes
    }

    fn expect_sign(&mut self, sign: &'static str) -> Result<(), ExpressionError> {
        if self.takes_sign(sign) { Ok(()) } else { Err(self.unexpected(&format!("`{sign}`"))) }
    }

    fn at(&self) -> usize {
        self.words.get(self.next).or_else(|| self.words.last()).map_or(1, |word| word.at)
    }

    fn unexpected(&self, expected: &str) -> ExpressionError {
        let (found, expected) = (self.token().shown(), expected.to_owned());
        ExpressionError::Unexpected { at: self.at(), found, expected }
    }

    fn wrong_kind(&self, found: Kind, expected: Kind) -> ExpressionError {
        ExpressionError::WrongKind { at: self.at(), found, expected }
    }
}
