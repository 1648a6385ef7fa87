//! The one list of statements. Each is a file below `sql/` of every engine, so that an engine
//! cannot have one more or one less, and a test can prepare every one of them.

/// Hands the list to a macro of the caller, which gets `Name = "file", "what it does";` for each
/// statement. An engine calls it to include its own text of each.
#[macro_export]
macro_rules! for_each_statement {
    ($macro:ident) => {
        $macro! {
            RecordFact = "facts/record.sql", "record a fact";
            RecordNewFacts = "facts/record_new.sql", "record new facts";
            FactByKey = "facts/by_key.sql", "find a fact";
            FactsOfKind = "facts/of_kind.sql", "list the facts of a kind";
            FactsAbout = "facts/about.sql", "list the facts about a subject";
            LastOfKinds = "facts/last_of_kinds.sql", "look for new facts";
            FactsAfter = "facts/after.sql", "read on in the log of facts";
            PageOfKind = "facts/page_of_kind.sql", "read on among the facts of a kind";
            SubjectsOfKind = "facts/subjects_of_kind.sql",
                "list what the facts of a kind are about";

            SaveUnit = "units/save_unit.sql", "save a unit";
            DeleteHoldings = "units/delete_holdings.sql", "replace what a unit holds";
            SaveHoldings = "units/save_holdings.sql", "save what a unit holds";
            Unit = "units/unit.sql", "find a unit";
            UnitsOfAccount = "units/units_of_account.sql", "list the units of an account";
            UnitsAfter = "units/units_after.sql", "read on among the units of an account";
            UnitsOfLine = "units/units_of_line.sql", "list the units of an order line";
            TurnsOf = "units/turns_of.sql", "find who holds a serial";
            SerialsOfAccount = "units/serials_of_account.sql",
                "list the devices of an account";
            UnitFactsOfAccount = "units/unit_facts_of_account.sql",
                "list the facts about the units of an account";

            UsageLog = "usage/log.sql", "look at the log of usage";
            AppendSegment = "usage/append_segment.sql", "append a segment of usage";
            Segment = "usage/segment.sql", "read a segment of usage";
            SegmentHeads = "usage/segment_heads.sql", "list the segments of usage";
            ReplaysOf = "usage/replays_of.sql", "list the replays of a segment of usage";

            TakeNumbers = "books/take_numbers.sql", "take numbers";
            SaveEntry = "books/save_entry.sql", "save the lines of an entry";
            Carried = "books/carried.sql", "find what was billed";
            SaveCarried = "books/save_carried.sql", "save what was billed";
            TrialBalance = "books/trial_balance.sql", "read the trial balance";

            ReadClock = "clock/read_clock.sql", "read the clock";
            SetClock = "clock/set_clock.sql", "set the clock";
            SetTimers = "clock/set_timers.sql", "set timers";
            TimersTogether = "clock/timers_together.sql", "list the timers of an instant";
            PartsOfTimers = "clock/parts_of_timers.sql", "share out the timers";
            CountDueTimers = "clock/count_due_timers.sql", "count the due timers";
            ClearTimer = "clock/clear_timer.sql", "remove a timer";
            FirstDueTimer = "clock/first_due_timer.sql", "find a due timer";
            Timers = "clock/timers.sql", "list the timers";
        }
    };
}

macro_rules! declare {
    ($($name:ident = $file:literal, $action:literal;)+) => {
        /// A question to a database, or a change of it, whatever its dialect. Parameters are
        /// `$1`, `$2` and so on, in the order of their first use.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Statement {
            $(#[doc = concat!("To ", $action, ".")] $name,)+
        }

        impl Statement {
            /// Every statement, in the order of the path of the data.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Its file, below `sql/` of an engine.
            #[must_use]
            pub const fn file(self) -> &'static str {
                match self { $(Self::$name => $file),+ }
            }

            /// What it does, for the message when it fails.
            #[must_use]
            pub const fn action(self) -> &'static str {
                match self { $(Self::$name => $action),+ }
            }
        }
    };
}

for_each_statement!(declare);
