/** What is asked for where only the tenant makes a difference. */
export const ASK = {
	scopes: "s",
	written: "s",
	normalise: () => ["s"],
};

export const ownerIn = (tenantId: string) => ({
	clientId: "c",
	environment: "e",
	tenantId,
});
