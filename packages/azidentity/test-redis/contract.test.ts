import { tokenStoreContract } from "@azidentity/testkit";
import { afterAll, beforeAll, describe } from "vitest";
import { SINGLE } from "./clients.ts";
import { type RedisServer, startRedis } from "./redis-server.ts";
import { places } from "./store-place.ts";

let server: RedisServer;
beforeAll(async () => {
	server = await startRedis();
});
afterAll(() => server.close());

for (const [name, connect] of Object.entries(SINGLE))
	describe(name, () => {
		const place = places(() => connect(server));
		tokenStoreContract(`the store on ${name}`, () => place());
	});

describe("plain text, as allowed", () => {
	const place = places(() => SINGLE["redis 6"](server));
	tokenStoreContract("the store without keys", () =>
		place({ keys: [], unsafeAllowUnencryptedStorage: true }),
	);
});
