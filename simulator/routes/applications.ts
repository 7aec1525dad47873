import { type Api } from "../http/api.js";

/** `GET /v3/applications`: which application a key belongs to. */
export function applications(api: Api): void {
  api.route(
    "GET",
    "/v3/applications",
    { key: "application", resource: "applications" },
    ({ store, application }) => {
      const workspace = store.defaultWorkspace(application.id);
      return {
        body: {
          data: {
            application_id: application.id,
            organization_id: application.organization_id,
            region: application.region,
            environment: application.environment,
            ...(workspace ? { default_workspace_id: workspace.id } : {}),
            callback_uris: [],
            branding: { name: "Simulated application", icon_url: "", website_url: "", description: "" },
          },
        },
      };
    },
  );
}
