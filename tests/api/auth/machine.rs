//! The token of a server's own machine: whoever revokes it does not lock the machine out for good.

use serde_json::{Value, json};
use server::service::machine::{MachineToken, keep_good};
use std::path::Path;
use tests::client::Http;
use tests::server::TestApp;

fn reader(app: &TestApp, file: &Path) -> Http {
    let token = std::fs::read_to_string(file).unwrap();
    Http::new(app.address(), Some(token.trim()))
}

#[tokio::test]
async fn a_token_that_is_no_good_any_more_is_replaced_and_one_that_is_good_stays() {
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deep/server.token");
    let look = async || keep_good(&app.state, &file).await.unwrap();
    assert_eq!(look().await, MachineToken::Renewed);
    let mut before = std::fs::read_to_string(&file).unwrap();
    assert_eq!(look().await, MachineToken::Good);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), before);
    for how in ["signed out", "revoked", "garbled", "gone"] {
        let http = reader(&app, &file);
        http.get("expenses").await.expect(200);
        match how {
            "signed out" => drop(http.post("/v1/auth/logout", Value::Null).await.expect(204)),
            "revoked" => {
                let listed = http.get("/v1/tokens").await.ok(200);
                let listed = listed["items"].as_array().unwrap();
                let this = listed.iter().find(|token| token["is_this"] == true).unwrap();
                let path = format!("/v1/tokens/{}", this["id"].as_str().unwrap());
                http.delete(&path).await.expect(204);
            }
            "garbled" => std::fs::write(&file, "exp_").unwrap(),
            _ => std::fs::remove_file(&file).unwrap(),
        }
        assert_eq!(look().await, MachineToken::Renewed, "{how}");
        let after = std::fs::read_to_string(&file).unwrap();
        assert_ne!(before, after, "{how}");
        reader(&app, &file).get("expenses").await.expect(200);
        assert_eq!(look().await, MachineToken::Good, "{how}");
        before = after;
    }
    let folder: Vec<_> = std::fs::read_dir(file.parent().unwrap()).unwrap().collect();
    assert_eq!(folder.len(), 1, "nothing is left beside it");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn an_owner_who_is_shut_out_gets_no_new_one_and_comes_back_with_the_old() {
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("server.token");
    keep_good(&app.state, &file).await.unwrap();
    let http = reader(&app, &file);
    let root = app.add_person("root").await;
    app.make_admin(root.user_id).await;
    let path = format!("/v1/users/{}", app.owner().user_id);
    let set = async |is_disabled: bool| {
        let patch = json!({ "is_disabled": is_disabled });
        app.client_of(&root).patch(&path, patch).await.expect(200);
    };
    set(true).await;
    assert_eq!(keep_good(&app.state, &file).await.unwrap(), MachineToken::ShutOut);
    http.get("expenses").await.refused(401, "unauthenticated");
    let other = folder.path().join("other.token");
    assert_eq!(
        keep_good(&app.state, &other).await.unwrap(),
        MachineToken::ShutOut
    );
    assert!(!other.exists());
    set(false).await;
    assert_eq!(keep_good(&app.state, &file).await.unwrap(), MachineToken::Good);
    http.get("expenses").await.expect(200);
}
