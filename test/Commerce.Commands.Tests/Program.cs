using Commerce.Commands.Tests.EventLog.Postgres;

// The tests themselves are found by the test host; this is what they start as processes of their own.
if (args is not [AppendingProcess.Verb, var connectionString])
    return 2;

await AppendingProcess.Run(connectionString);
return 0;
