//! Signing in and out, and oneself.

use super::{Api, Key, Method, Reply, Request};
use api::auth::{Login, PasswordChange, PasswordConfirmation, PasswordReset, Session};
use api::user::{MePatch, User};

impl dyn Api {
    /// Begins a session; its token is told this once.
    pub fn login(&self, login: &Login, key: Key) -> Reply<Session> {
        self.ask(
            Request::write("login", Method::Post, "/v1/auth/login", key)
                .of_server()
                .json(login),
        )
    }

    /// Ends the token that this is asked with.
    pub fn logout(&self, key: Key) -> Reply<()> {
        self.tell(Request::write("logout", Method::Post, "/v1/auth/logout", key).of_server())
    }

    /// Gives one's password once more, for what asks for it.
    pub fn confirm_password(&self, given: &PasswordConfirmation, key: Key) -> Reply<()> {
        self.tell(
            Request::write("confirm_password", Method::Post, "/v1/auth/confirm", key)
                .of_server()
                .json(given),
        )
    }

    /// Sets a new password with a code that an admin made.
    pub fn reset_password(&self, reset: &PasswordReset, key: Key) -> Reply<()> {
        self.tell(
            Request::write("reset_password", Method::Post, "/v1/auth/reset", key)
                .of_server()
                .json(reset),
        )
    }

    /// Whoever the token belongs to.
    pub fn get_me(&self) -> Reply<User> {
        self.ask(Request::get("get_me", "/v1/me").of_server())
    }

    /// Changes oneself, where one still has this version.
    pub fn update_me(&self, version: i64, patch: &MePatch, key: Key) -> Reply<User> {
        self.ask(
            Request::write("update_me", Method::Patch, "/v1/me", key)
                .of_server()
                .if_version(version)
                .json(patch),
        )
    }

    /// Changes one's password; all other sessions end.
    pub fn change_password(&self, change: &PasswordChange, key: Key) -> Reply<()> {
        self.tell(
            Request::write("change_password", Method::Post, "/v1/me/password", key)
                .of_server()
                .json(change),
        )
    }
}
