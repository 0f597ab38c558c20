using Npgsql;

namespace Commerce.Faults.Site;

/// <summary>
/// A disk that is full, as the server's clients see it: every statement that would write a row fails with SQLSTATE 53100 and
/// takes its transaction along. Reading goes on.
/// </summary>
static class FullDisk
{
    /// <summary>A table whose writers do not let the trigger in within this time is tried again.</summary>
    const string LockTimeout = "2s";

    const string Make = """
        CREATE OR REPLACE FUNCTION public.disk_is_full() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
        END $$
        """;

    const string Tables = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1";
    const string Filled = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'disk_is_full' ORDER BY 1";

    /// <summary>Fills it.</summary>
    public static async Task Fill(string connectionString, CancellationToken cancellationToken)
    {
        await DatabaseServer.Rows(connectionString, Make, cancellationToken);
        foreach (var table in await DatabaseServer.Rows(connectionString, Tables, cancellationToken))
        {
            await Insist(connectionString, $"CREATE OR REPLACE TRIGGER disk_is_full BEFORE INSERT OR UPDATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION public.disk_is_full()", cancellationToken);
        }
    }

    /// <summary>Makes room.</summary>
    public static async Task Clear(string connectionString, CancellationToken cancellationToken)
    {
        foreach (var table in await DatabaseServer.Rows(connectionString, Filled, cancellationToken))
        {
            await Insist(connectionString, $"DROP TRIGGER IF EXISTS disk_is_full ON {table}", cancellationToken);
        }
    }

    // One table a transaction: nobody is waited for who waits for another table.
    static async Task Insist(string connectionString, string sql, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await DatabaseServer.Rows(connectionString, $"SET lock_timeout = '{LockTimeout}'; {sql}", cancellationToken);
                return;
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }
}
