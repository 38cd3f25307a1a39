//! What owners do with members and invites, and how one leaves. What takes something away asks first.

use super::{Line, Members, MembersChanged};
use crate::client::{ClientError, Key};
use crate::fx::{Change, Fx, Message};
use crate::popup::{AskForm, Confirm, MessageBox, Picked, Picker};
use crate::theme::Look;
use crate::widget::{Field, Item};
use api::member::{INVITE_DAYS, IssuedInvite, Member, MemberPatch, NewInvite, Role};

/// What each role may do, in a few words.
fn role_words(role: Role) -> &'static str {
    match role {
        Role::Owner => "everything, members too",
        Role::Editor => "everything in the book",
        Role::Viewer => "looks, changes nothing",
        Role::Adder => "adds rows, sees its own",
    }
}

/// Owners come last on the wire; people choose an editor most of the time.
const OFFERED: [Role; 4] = [Role::Editor, Role::Viewer, Role::Adder, Role::Owner];

/// Most people are invited to take part.
fn role_of(text: &str) -> Option<Role> {
    match text.trim() {
        "" => Some(Role::Editor),
        word => Role::from_word(word),
    }
}

fn changed() -> Fx<Members> {
    Fx::announce(Change::new(MembersChanged))
}

fn refused(error: &ClientError) -> Fx<Members> {
    // Somebody may have been faster: what is shown is loaded again.
    changed().and(Fx::notify(Message::error(error.sentence())))
}

/// Asks, then sends, then tells.
fn sure(
    title: &'static str,
    question: String,
    send: impl Fn(&Members) -> Fx<Members> + 'static,
) -> Fx<Members> {
    Fx::ask(
        Confirm::new(title, question),
        move |screen: &mut Members, is_sure, _| {
            if is_sure { send(screen) } else { Fx::none() }
        },
    )
}

impl Members {
    pub(super) fn invite(&self, look: &Look) -> Fx<Self> {
        let api = self.desk.api.clone();
        let (ledger, server) = (self.ledger_name(), self.desk.door.server());
        let roles = OFFERED.map(|role| role.as_str().to_owned()).to_vec();
        let fields = vec![
            Field::choice("role", "Role", roles)
                .ghost("editor")
                .check(|value, _| match role_of(value) {
                    Some(role) => Ok(role_words(role).to_owned()),
                    None => Err("A role is one of editor, viewer, adder, owner".to_owned()),
                }),
            Field::text("user", "Only for").ghost("anybody who has the code"),
            Field::text("days", "Days")
                .value(INVITE_DAYS.to_string())
                .check(|value, _| days(value, 30).map(|_| String::new())),
        ];
        let _ = look;
        let form = AskForm::new(
            format!("Invite to {ledger}"),
            "making an invite",
            fields,
            move |form| {
                let user = form.value("user").trim().to_lowercase();
                let invite = NewInvite {
                    role: role_of(form.value("role")).unwrap_or(Role::Viewer),
                    user: Some(user).filter(|user| !user.is_empty()),
                    days: days(form.value("days"), 30).ok(),
                };
                api.create_invite(&invite, Key::new())
            },
            move |issued, look| {
                let text = invite_words(&issued, &ledger, server.as_deref(), look);
                Fx::announce(Change::new(MembersChanged)).and(Fx::replace(MessageBox::new("Invite", text)))
            },
        );
        Fx::push(form)
    }

    fn member(&self) -> Option<Member> {
        match self.chosen() {
            Some(Line::Member(member)) => Some(member.clone()),
            _ => None,
        }
    }

    pub(super) fn change_role(&self) -> Fx<Self> {
        let Some(member) = self.member() else {
            return Fx::notify("An invite keeps its role; take it back and make another.");
        };
        let items = OFFERED
            .map(|role| Item::new(role.as_str(), role_words(role)))
            .to_vec();
        let at = OFFERED.iter().position(|role| *role == member.role);
        let title = format!("Role of {}", member.display_name);
        let picker = Picker::new(title, items).at(at.unwrap_or(0));
        Fx::ask(picker, move |screen: &mut Self, picked, _| {
            let role = match picked {
                Picked::Item(at) => OFFERED.get(at).copied(),
                Picked::New(_) => None,
            };
            match role.filter(|role| *role != member.role) {
                Some(role) => screen.set_role(&member, role),
                None => Fx::none(),
            }
        })
    }

    fn set_role(&self, member: &Member, role: Role) -> Fx<Self> {
        let patch = MemberPatch { role: Some(role) };
        let sent = self
            .desk
            .api
            .update_member(member.user_id, member.version, &patch, Key::new());
        let is_me = self.me == Some(member.user_id);
        Fx::call(
            "changing the role",
            sent,
            move |screen: &mut Self, sent, _| match sent {
                Ok(member) => {
                    let said = format!("{} is {} now.", member.display_name, role.as_str());
                    let mine = if is_me {
                        screen.desk.book.refresh(&screen.desk.api)
                    } else {
                        Fx::none()
                    };
                    changed().and(mine).and(Fx::notify(said))
                }
                Err(error) => refused(&error),
            },
        )
    }

    pub(super) fn remove(&self) -> Fx<Self> {
        match self.chosen() {
            Some(Line::Member(member)) => self.remove_member(member.clone()),
            Some(Line::Invite(invite)) => {
                let id = invite.id;
                sure("Take back", "Take this invite back?".to_owned(), move |screen| {
                    let sent = screen.desk.api.revoke_invite(id, Key::new());
                    Fx::call(
                        "taking the invite back",
                        sent,
                        |_: &mut Self, sent, _| match sent {
                            Ok(()) => {
                                changed().and(Fx::notify("Taken back; its code opens nothing any more."))
                            }
                            Err(error) => refused(&error),
                        },
                    )
                })
            }
            None => Fx::none(),
        }
    }

    fn remove_member(&self, member: Member) -> Fx<Self> {
        if self.me == Some(member.user_id) {
            return self.leave();
        }
        let question = format!(
            "Remove {} from {}? What they recorded stays.",
            member.display_name,
            self.ledger_name()
        );
        sure("Remove", question, move |screen| {
            let sent = screen
                .desk
                .api
                .remove_member(member.user_id, member.version, Key::new());
            let said = format!("{} is no member any more.", member.display_name);
            Fx::call(
                "removing a member",
                sent,
                move |_: &mut Self, sent, _| match sent {
                    Ok(()) => changed().and(Fx::notify(said)),
                    Err(error) => refused(&error),
                },
            )
        })
    }

    pub(super) fn hand_over(&self) -> Fx<Self> {
        let Some(member) = self.member() else {
            return Fx::notify("Only a member can become the owner.");
        };
        let question = format!(
            "Make {} an owner of {}, and yourself an editor?",
            member.display_name,
            self.ledger_name()
        );
        sure("Hand over", question, move |screen| {
            let sent = screen.desk.api.hand_over_ledger(member.user_id, Key::new());
            Fx::call("handing over", sent, |screen: &mut Self, sent, _| match sent {
                Ok(member) => {
                    let said = format!("{} is an owner now, you are an editor.", member.display_name);
                    let mine = screen.desk.book.refresh(&screen.desk.api);
                    changed().and(mine).and(Fx::notify(said))
                }
                Err(error) => refused(&error),
            })
        })
    }

    pub(super) fn leave(&self) -> Fx<Self> {
        let name = self.ledger_name();
        let question = format!("Leave {name}? You see nothing of it from then on; what you recorded stays.");
        sure("Leave", question, move |screen| {
            let api = screen.desk.api.clone();
            let work = async move {
                api.leave_ledger(Key::new()).await?;
                api.every_ledger().await
            };
            let name = name.clone();
            Fx::call("leaving", work, move |screen: &mut Self, left, _| match left {
                Ok(ledgers) => {
                    let said = format!("You left {name}.");
                    match ledgers.first() {
                        Some(ledger) => Fx::push(crate::popup::ledgers::Opening::new(
                            screen.desk.clone(),
                            ledger.id,
                            said,
                        )),
                        None => Fx::notify(said),
                    }
                }
                Err(error) => refused(&error),
            })
        })
    }
}

/// A number of days as typed.
pub(in crate::screen) fn days(text: &str, most: u16) -> Result<u16, String> {
    let days = text.trim().parse().ok().filter(|days| (1..=most).contains(days));
    days.ok_or_else(|| format!("A number of days from 1 to {most}"))
}

/// The code, and what the other person does with it.
fn invite_words(issued: &IssuedInvite, ledger: &str, server: Option<&str>, look: &Look) -> String {
    let until = super::draw::day(issued.invite.expires_at, look);
    let server = server.map_or_else(String::new, |server| format!(" --server {server}"));
    let whom = issued.invite.user.as_ref();
    let whom = whom.map_or_else(String::new, |user| format!(" by {user}"));
    format!(
        "{}\n\nThis code is shown once; <message.copy> copies all of this. It makes whoever accepts it {} of {ledger}, until \
         {until}{whom}:\n\nexpense join{server} {}\n\nor :join in the app, signed in to that server.",
        issued.code,
        issued.invite.role.as_str(),
        issued.code,
    )
}
