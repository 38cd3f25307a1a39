//! Which setting wins, and what each wrong one is told.

use super::*;
use std::fs;
use tempfile::TempDir;

struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn env(&self, pairs: &[(&str, &str)]) -> Env {
        let home = [("HOME".to_owned(), self.0.path().display().to_string())];
        home.into_iter()
            .chain(
                pairs
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
            )
            .collect()
    }

    fn write(&self, path: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    fn config(&self, text: &str) {
        self.write(".config/expense/config.toml", text);
    }

    fn resolve(&self, flags: &Flags, pairs: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        Settings::resolve(flags, self.env(pairs))
    }

    fn refused(&self, flags: &Flags, pairs: &[(&str, &str)]) -> String {
        self.resolve(flags, pairs).unwrap_err().to_string()
    }
}

fn server(address: &str) -> Flags {
    Flags {
        server: Some(address.to_owned()),
        ..Flags::default()
    }
}

fn shown(settings: &Settings) -> Option<&str> {
    settings.server.as_ref().map(Url::as_str)
}

#[cfg(unix)]
fn chmod(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn nothing_configured_is_the_server_inside_the_app() {
    let settings = Home::new().resolve(&Flags::default(), &[]).unwrap();
    assert_eq!(
        (settings.server, settings.token, settings.ledger.as_str()),
        (None, None, "default")
    );
    assert_eq!(settings.app, AppConfig::default());
}

#[test]
fn a_flag_beats_the_environment_and_that_beats_the_file() {
    let home = Home::new();
    home.config("[server]\nlisten = \"whatever\"\n[app]\nserver = \"https://file.example\"\n");
    let env = [("EXPENSE_SERVER", "https://env.example")];
    assert_eq!(
        shown(&home.resolve(&server("https://flag.example"), &env).unwrap()),
        Some("https://flag.example/")
    );
    assert_eq!(
        shown(&home.resolve(&Flags::default(), &env).unwrap()),
        Some("https://env.example/")
    );
    assert_eq!(
        shown(&home.resolve(&Flags::default(), &[]).unwrap()),
        Some("https://file.example/")
    );
    let section = [
        ("EXPENSE__APP__SERVER", "https://section.example"),
        ("EXPENSE__APP__KEYS__ADD", "[\"n\"]"),
    ];
    let settings = home.resolve(&Flags::default(), &section).unwrap();
    assert_eq!(shown(&settings), Some("https://section.example/"));
    assert_eq!(settings.app.keys["add"].names(), ["n"]);
}

#[test]
fn a_named_file_stands_instead_of_the_others_and_must_be_there() {
    let home = Home::new();
    home.config("[app]\nserver = \"https://file.example\"\n");
    let named = home.write("other.toml", "[app]\nledger = \"default\"\n");
    let flags = Flags {
        config: Some(named),
        ..Flags::default()
    };
    assert_eq!(home.resolve(&flags, &[]).unwrap().server, None);
    let flags = Flags {
        config: Some(home.0.path().join("missing.toml")),
        ..Flags::default()
    };
    assert!(home.refused(&flags, &[]).contains("missing.toml cannot be read"));
}

#[test]
fn a_wrong_setting_is_named_with_its_file() {
    for (text, part) in [
        ("[app]\nserverr = \"x\"\n", "unknown field `serverr`"),
        ("[app\n", "cannot be read"),
        ("app = 3\n", "app is a section"),
        ("[app]\ntheme = \"solarized\"\n", "choose one of ansi, mono"),
        ("[app]\ncurrency = \"EURO\"\n", "ISO 4217"),
        (
            "[app]\ntimezone = \"Berlin\"\n",
            "app.timezone is \"Berlin\", which is no time zone",
        ),
        (
            "[app]\ndate_format = \"%Q\"\n",
            "app.date_format is \"%Q\", which is no format",
        ),
    ] {
        let home = Home::new();
        home.config(text);
        let refused = home.refused(&Flags::default(), &[]);
        assert!(refused.contains(part), "{text}: {refused}");
        assert!(!refused.contains('\n'), "{refused}");
    }
}

#[test]
fn an_address_may_lack_its_scheme_but_hold_no_secret() {
    let home = Home::new();
    for (written, read) in [
        ("localhost:8000", "http://localhost:8000/"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000/"),
        ("books.example.org/x", "https://books.example.org/x"),
        ("http://10.0.0.1", "http://10.0.0.1/"),
    ] {
        assert_eq!(shown(&home.resolve(&server(written), &[]).unwrap()), Some(read));
    }
    for (written, part) in [
        ("ftp://x", "needs http or https"),
        ("https://ann:secret@x", "EXPENSE_TOKEN"),
        ("https://x/?a=1", "query"),
        ("http://", "cannot be read"),
        ("a b", "address"),
    ] {
        let refused = home.refused(&server(written), &[]);
        assert!(refused.contains(part), "{written}: {refused}");
        assert!(!refused.contains("secret"), "{refused}");
    }
}

#[test]
fn a_token_comes_from_the_variable_then_the_file_then_the_server_of_this_machine() {
    let home = Home::new();
    let left = home.write(".local/state/expense/server.token", "left\n");
    #[cfg(unix)]
    chmod(&left, 0o600);
    home.write("mine.token", "mine\n");
    home.config("[app]\ntoken_file = \"~/mine.token\"\n");
    let secret = |pairs: &[(&str, &str)]| {
        let settings = home.resolve(&server("localhost:8000"), pairs).unwrap();
        settings.token.unwrap().secret().to_owned()
    };
    assert_eq!(secret(&[("EXPENSE_TOKEN", "variable")]), "variable");
    assert_eq!(secret(&[]), "mine");
    home.config("");
    assert_eq!(secret(&[]), "left");
    let elsewhere = home.resolve(&server("https://books.example.org"), &[]).unwrap();
    assert_eq!(
        elsewhere.token, None,
        "the token of this machine must not leave it"
    );
}

#[cfg(unix)]
#[test]
fn a_token_that_others_can_read_is_refused() {
    let home = Home::new();
    let left = home.write(".local/state/expense/server.token", "left\n");
    chmod(&left, 0o644);
    let refused = home.refused(&server("localhost:8000"), &[]);
    assert!(refused.contains("chmod 600"), "{refused}");
}

#[test]
fn a_bad_token_is_refused_without_being_shown() {
    let home = Home::new();
    let refused = home.refused(&server("localhost"), &[("EXPENSE_TOKEN", "se cret")]);
    assert!(
        refused.contains("EXPENSE_TOKEN") && !refused.contains("cret\""),
        "{refused}"
    );
    let refused = home.refused(&server("localhost"), &[("EXPENSE_TOKEN_FILE", "/does/not/exist")]);
    assert!(refused.contains("/does/not/exist"), "{refused}");
}

#[test]
fn an_authority_of_ones_own_is_read_where_there_is_a_server_to_be_asked() {
    let home = Home::new();
    home.config("[app]\nca_file = \"~/ca.crt\"\n");
    assert!(home.resolve(&Flags::default(), &[]).is_ok(), "nobody is asked");
    let asked = server("https://books.example.org");
    let missing = home.refused(&asked, &[]);
    assert!(
        missing.contains("ca.crt of app.ca_file cannot be used"),
        "{missing}"
    );
    home.write("ca.crt", "not PEM\n");
    let empty = home.refused(&asked, &[]);
    assert!(empty.contains("holds no certificate"), "{empty}");
}

#[test]
fn the_demo_needs_no_server() {
    let flags = Flags {
        is_demo: true,
        ..server("https://books.example.org")
    };
    assert_eq!(Home::new().resolve(&flags, &[]).unwrap().server, None);
}

#[cfg(unix)]
#[test]
fn a_folder_of_state_is_for_its_user_alone() {
    let home = Home::new();
    let dir = home.0.path().join("a/b");
    private_dir(&dir).unwrap();
    assert_eq!(place::mode(&dir).unwrap(), 0o700);
    chmod(&dir, 0o755);
    private_dir(&dir).unwrap();
    assert_eq!(place::mode(&dir).unwrap(), 0o700);
}

#[test]
fn the_zone_and_the_format_of_days_are_taken_from_the_file() {
    let home = Home::new();
    home.config("[app]\ntimezone = \"Pacific/Kiritimati\"\ndate_format = \"%d/%m/%Y\"\n");
    let settings = home.resolve(&Flags::default(), &[]).unwrap();
    assert_eq!(settings.zone().now().offset().local_minus_utc(), 14 * 3600);
    assert_eq!(
        settings.dates().short("2026-11-21".parse().unwrap()),
        "21/11/2026"
    );
    let elsewhere = [("EXPENSE__APP__TIMEZONE", "America/New_York")];
    let settings = home.resolve(&Flags::default(), &elsewhere).unwrap();
    assert!(settings.zone().now().offset().local_minus_utc() < 0);
}

#[test]
fn what_was_chosen_is_opened_the_next_time_unless_a_flag_or_a_variable_says_otherwise() {
    let home = Home::new();
    home.config("[app]\nserver = \"https://file.example\"\nledger = \"Holiday\"\n");
    let none = Flags::default();
    let mut settings = home.resolve(&none, &[]).unwrap();
    assert_eq!(settings.ledger, "Holiday");
    let chosen = Url::parse("https://chosen.example:8443").unwrap();
    settings.remembered.keep_server(Some(&chosen)).unwrap();
    settings.remembered.keep_ledger(Some(&chosen), "some-id").unwrap();
    let token = Token::new("kept").unwrap();
    settings.places.keep_token(&chosen, &token).unwrap();
    let settings = home.resolve(&none, &[]).unwrap();
    assert_eq!(shown(&settings), Some("https://chosen.example:8443/"));
    assert_eq!(
        (settings.ledger.as_str(), settings.token),
        ("some-id", Some(token))
    );
    let env = [
        ("EXPENSE_SERVER", "https://env.example"),
        ("EXPENSE_LEDGER", "Joint"),
        ("EXPENSE_TOKEN", "env"),
    ];
    let said = home.resolve(&none, &env).unwrap();
    assert_eq!(shown(&said), Some("https://env.example/"));
    assert_eq!(
        (said.ledger.as_str(), said.token.unwrap().secret()),
        ("Joint", "env")
    );
    #[cfg(unix)]
    {
        let file = home
            .0
            .path()
            .join(".local/state/expense/tokens/https_chosen.example_8443.token");
        let mode = |path: &Path| super::place::mode(path).unwrap() & 0o777;
        assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
    }
    let places = settings.places;
    assert!(places.drop_token(&chosen).unwrap() && !places.drop_token(&chosen).unwrap());
    assert_eq!(home.resolve(&none, &[]).unwrap().token, None);
}

#[test]
fn a_broken_file_of_choices_stops_nothing() {
    let home = Home::new();
    home.write(".local/state/expense/servers.json", "{ half");
    assert_eq!(home.resolve(&Flags::default(), &[]).unwrap().server, None);
}
