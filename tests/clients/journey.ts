// Creates, lists, changes and undoes with the types that openapi-typescript made.

import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./client.js";

type NewExpense = components["schemas"]["NewExpense"];

const { EXPENSE_URL, EXPENSE_TOKEN } = process.env;
const client = createClient<paths>({
  baseUrl: EXPENSE_URL!,
  headers: { Authorization: `Bearer ${EXPENSE_TOKEN}` },
});
const ledger = "default";

// What has a default may be left out.
const body: NewExpense = { date: "2026-11-22", amount: "12.50", category: "Food", payee: "typescript" };
const key = crypto.randomUUID();
const create = () =>
  client.POST("/v1/ledgers/{ledger}/expenses", {
    params: { path: { ledger }, header: { "Idempotency-Key": key } },
    body,
  });
const made = await create();
assert.equal(made.response.status, 201);
const row = made.data!;
assert.deepEqual([row.amount, row.account_id, row.tags], ["12.50", null, []]);
const again = await create();
assert.deepEqual(again.data, row);
assert.equal(again.response.headers.get("idempotency-replayed"), "true");

const page = await client.GET("/v1/ledgers/{ledger}/expenses", {
  params: { path: { ledger }, query: { from: row.date, to: row.date, payee: "typescript", limit: 5 } },
});
assert.deepEqual(page.data?.items.map((item) => item.id), [row.id]);
assert.equal(page.data?.next_cursor, null);

const path = { ledger, expense: row.id };
const change = (etag: string) =>
  client.PATCH("/v1/ledgers/{ledger}/expenses/{expense}", {
    params: { path, header: { "If-Match": etag } },
    body: { amount: "13.00", payee: null },
  });
const etag = made.response.headers.get("etag")!;
const changed = await change(etag);
assert.deepEqual([changed.data?.version, changed.data?.payee], [2, null]);
const late = await change(etag);
assert.equal(late.error?.code, "stale-version");
assert.ok(late.error?.request_id);

const unchanged = await client.GET("/v1/ledgers/{ledger}/expenses/{expense}", {
  params: { path, header: { "If-None-Match": changed.response.headers.get("etag")! } },
});
assert.equal(unchanged.response.status, 304);

const latest = await client.GET("/v1/ledgers/{ledger}/changes", {
  params: { path: { ledger }, query: { mine: true, open_to: "undo", sort: "-rev", limit: 1 } },
});
const rev = latest.data!.items[0]!.rev;
const undone = await client.POST("/v1/ledgers/{ledger}/changes/{rev}/undo", { params: { path: { ledger, rev } } });
assert.equal(undone.data?.restored, 1);
const back = await client.GET("/v1/ledgers/{ledger}/expenses/{expense}", { params: { path } });
assert.deepEqual([back.data?.amount, back.data?.payee], ["12.50", "typescript"]);
console.log("created, listed, changed and undone");
