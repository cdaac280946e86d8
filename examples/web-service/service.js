// One process of the service: the API of examples/on-behalf-of, with its tokens in the Redis that all processes share.
// All that it needs comes by its environment.
import { once } from "node:events";
import { TokenCache } from "azidentity";
import { redisStore } from "azidentity/redis";
import { createRemoteJWKSet } from "jose";
import { createClient } from "redis";
import { ordersApi } from "../on-behalf-of/orders-api.js";

const {
	AZURE_AUTHORITY_HOST: authorityHost = "https://login.microsoftonline.com",
	AZURE_TENANT_ID: tenantId,
	AZURE_CLIENT_ID: clientId,
	AZURE_CLIENT_SECRET: clientSecret,
	PORT: port = 0,
	REDIS_URL: url,
	REDIS_TIMEOUT: timeout = 50,
	STOCK_URL: stockUrl,
	TOKEN_KEY: key,
} = process.env;

const redis = createClient({ url });
redis.on("error", ({ message }) => console.error(`Redis: ${message}`));
await redis.connect();
const store = redisStore(redis, {
	keys: [{ id: "2026-11", key }],
	timeout: Number(timeout),
});

const authority = `${authorityHost}/${tenantId}`;
const api = ordersApi({
	app: { tenantId, clientId, clientSecret },
	// Microsoft vouches for its own hosts; nobody does for the emulator's.
	options: {
		authorityHost,
		disableInstanceDiscovery: new URL(authorityHost).hostname === "localhost",
	},
	tokenCache: new TokenCache({ store }),
	userTokens: {
		issuer: `${authority}/v2.0`,
		keys: createRemoteJWKSet(new URL(`${authority}/discovery/v2.0/keys`)),
	},
	async callStock(token) {
		const headers = { authorization: `Bearer ${token}` };
		const response = await fetch(stockUrl, { headers });
		if (!response.ok) throw new Error(`the stock answers ${response.status}`);
		return response.json();
	},
});
await once(api.listen(Number(port), "127.0.0.1"), "listening");
process.send?.({ port: api.address().port });
// It ends with the program that started it.
process.once("disconnect", () => process.exit());
