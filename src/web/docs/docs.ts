type SwaggerUi = (options: Record<string, unknown>) => unknown;

declare const SwaggerUIBundle: SwaggerUi;

SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  persistAuthorization: true,
  displayRequestDuration: true,
  // The badge of the default would send the document's address to a validator on the internet.
  validatorUrl: null,
});
