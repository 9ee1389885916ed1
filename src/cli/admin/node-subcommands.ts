/** The subcommands of `keyplane node`, which by itself starts one: a node does not load what they need. */
export const nodeSubcommands = Object.freeze(['list', 'forget', 'readmit']);
