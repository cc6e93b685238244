/** Every scope that the app asks for, with what does not work without it; the manifests hold the same list. */
export const SCOPES: Readonly<Record<string, string>> = {
  'chat:write': 'without it nothing can be posted',
  'app_mentions:read': 'without it mentions do not arrive',
  commands: 'without it slash commands do not arrive',
  'im:history': 'without it direct messages do not arrive',
  'assistant:write': 'without it the assistant pane stays silent',
};
