using Commerce.Api.Cli;

return await CommandLine.Run(args);
