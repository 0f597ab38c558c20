using Commerce.Commands.Tests.EventLog.EventStoreDb;
using Commerce.Commands.Tests.EventLog.Postgres;

// The tests themselves are found by the test host; this is what they start as processes of their own.
switch (args)
{
    case [AppendingProcess.Verb, var connectionString]:
        await AppendingProcess.Run(connectionString);
        return 0;
    case [EmulatorProcess.Verb]:
        await EmulatorProcess.Run();
        return 0;
    default:
        return 2;
}
