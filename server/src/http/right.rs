//! The table of rights: what each operation may ask for. A row names the roles that may do it and the scopes of which
//! the token needs one. An operation names its row in its signature, `Guard<Read>`; one that names none does not
//! compile, for there is no other way to a ledger or an account.

use api::member::Role;
use api::token::Scope;

/// What a token must be good for.
pub trait Scoped: Send + Sync + 'static {
    /// One of these scopes is needed; any token will do where there are none.
    const SCOPES: &'static [Scope];
    /// True where only admins may.
    const IS_FOR_ADMINS: bool = false;
    /// True where a session must have given its password shortly before.
    const IS_CONFIRMED: bool = false;
}

/// What a member must be besides.
pub trait Right: Scoped {
    /// One of these roles.
    const ROLES: &'static [Role];
}

const EVERYBODY: &[Role] = &[Role::Adder, Role::Viewer, Role::Editor, Role::Owner];

macro_rules! rights {
    ($($(#[$doc:meta])* $name:ident: $roles:expr, $scopes:expr, confirmed $confirmed:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name;
        impl Scoped for $name {
            const SCOPES: &'static [Scope] = $scopes;
            const IS_CONFIRMED: bool = $confirmed;
        }
        impl Right for $name {
            const ROLES: &'static [Role] = $roles;
        }
    )*};
}

rights! {
    /// Looks at everything: reports, days, imports, the log.
    Read: &[Role::Viewer, Role::Editor, Role::Owner], &[Scope::Read], confirmed false;
    /// Looks at rows; an adder at those it recorded.
    Rows: EVERYBODY, &[Scope::Read], confirmed false;
    /// Looks at the names that rows are made of.
    Names: EVERYBODY, &[Scope::Read, Scope::Add], confirmed false;
    /// Looks at the ledger itself: its name, its currency, one's role.
    Ledgers: EVERYBODY, &[Scope::Read, Scope::Add, Scope::Share], confirmed false;
    /// Looks at who is a member.
    Members: EVERYBODY, &[Scope::Read, Scope::Add, Scope::Share], confirmed false;
    /// Records rows.
    Add: &[Role::Adder, Role::Editor, Role::Owner], &[Scope::Add], confirmed false;
    /// Changes rows; an adder those it recorded.
    Change: &[Role::Adder, Role::Editor, Role::Owner], &[Scope::Write], confirmed false;
    /// Changes everything in the book.
    Write: &[Role::Editor, Role::Owner], &[Scope::Write], confirmed false;
    /// Changes the settings.
    Own: &[Role::Owner], &[Scope::Write], confirmed false;
    /// Sees and ends what lets others in.
    Share: &[Role::Owner], &[Scope::Share], confirmed false;
    /// Lets others in, or gives them more.
    Entrust: &[Role::Owner], &[Scope::Share], confirmed true;
    /// Goes away.
    Leave: EVERYBODY, &[Scope::Share], confirmed false;
}

macro_rules! scopes {
    ($($(#[$doc:meta])* $name:ident: $scopes:expr, admin $admin:literal, confirmed $confirmed:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name;
        impl Scoped for $name {
            const SCOPES: &'static [Scope] = $scopes;
            const IS_FOR_ADMINS: bool = $admin;
            const IS_CONFIRMED: bool = $confirmed;
        }
    )*};
}

scopes! {
    /// Anybody with a token that is good.
    Anyone: &[], admin false, confirmed false;
    /// Looks at which ledgers there are for one: who may add to one or share it must find it.
    Look: &[Scope::Read, Scope::Add, Scope::Share], admin false, confirmed false;
    /// Makes ledgers of one's own.
    Make: &[Scope::Write], admin false, confirmed false;
    /// Changes one's own account.
    Account: &[Scope::Account], admin false, confirmed false;
    /// Makes what lets programs in as oneself.
    Mint: &[Scope::Account], admin false, confirmed true;
    /// Joins ledgers.
    Join: &[Scope::Share], admin false, confirmed false;
    /// Looks after the accounts of others.
    Admin: &[Scope::Account], admin true, confirmed false;
    /// Lets others in, or gives them more, in all the server.
    Appoint: &[Scope::Account], admin true, confirmed true;
}
