import { createServer } from "node:http";

/**
 * What Azure Pipelines runs for its jobs: it knows a job by its system access token, and answers with a token that
 * says which service connection the job may use. Here it speaks plain HTTP, for this machine alone.
 */
export async function oidcEndpoint({ systemAccessToken, getToken }) {
	const server = createServer(async (request, response) => {
		const isJob =
			request.headers.authorization === `Bearer ${systemAccessToken}`;
		if (!isJob) {
			response.writeHead(401, { "x-vss-e2eid": "for-the-support" });
			return response.end(JSON.stringify({ message: "not a job of ours" }));
		}
		response.end(JSON.stringify({ oidcToken: await getToken() }));
	});
	await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		url: `http://127.0.0.1:${server.address().port}/oidctoken`,
		close: () => {
			server.closeAllConnections();
			return new Promise((resolve) => server.close(resolve));
		},
	};
}
