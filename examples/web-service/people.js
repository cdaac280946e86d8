import { UsernamePasswordCredential } from "azidentity";

const TENANT = "aaaa1111-0000-4000-8000-000000000001";

/** So many users of the emulator's tenant. */
export const people = (count) =>
	Array.from({ length: count }, (_, number) => ({
		id: `e0000000-0000-4000-8000-${String(number).padStart(12, "0")}`,
		tenantId: TENANT,
		username: `user-${number}@contoso.test`,
		name: `User ${number}`,
		password: "swordfish",
	}));

/** What the users' own clients do first: each gets a token for the API. */
export async function signIn(users, { authorityHost, ca, apps }) {
	const tlsOptions = { ca };
	const tokens = [];
	const waiting = [...users.entries()];
	async function some() {
		for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
			const [index, { tenantId, username, password }] = one;
			const user = new UsernamePasswordCredential(
				tenantId,
				apps.native.clientId,
				username,
				password,
				{ authorityHost, disableInstanceDiscovery: true, tlsOptions },
			);
			const { token } = await user.getToken("api://orders/access_as_user");
			tokens[index] = token;
		}
	}
	await Promise.all(Array.from({ length: 8 }, some));
	return tokens;
}
