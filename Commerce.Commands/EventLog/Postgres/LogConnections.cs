using Npgsql;

namespace Commerce.Commands.EventLog.Postgres;

/// <summary>The connections that appenders and readers share.</summary>
static class LogConnections
{
    /// <summary>As the server's statistics show them.</summary>
    public const string ApplicationName = "commerce-log";

    /// <summary>Calls of one connection that stay prepared: there are seven.</summary>
    const int PreparedMax = 10;

    /// <summary>
    /// Bytes that are sent at once. A group of a busy log goes out in one piece: fewer calls of the system, and a process that is stopped in
    /// between does not leave the server waiting for the rest under the log's lock.
    /// </summary>
    const int SendBytes = 128 * 1_024;

    /// <summary>Bytes that are received at once: some hundred events of a page.</summary>
    const int ReceiveBytes = 64 * 1_024;

    // Answered means durable, even where the server's default says otherwise; a stricter setting (replicas) stays.
    // Read committed is what the order of commits rests on. The calls find their rows by keys, whatever their values:
    // planning them anew takes longer than running them. Whoever hangs while it makes the schema must not keep others from it.
    static readonly string Settings = $"""
        select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') in ('off', 'local');
        set default_transaction_isolation = 'read committed'; set plan_cache_mode = force_generic_plan; set jit = off;
        set idle_in_transaction_session_timeout = {SharedDatabase.SilenceMax.TotalMilliseconds:0}
        """;

    /// <summary>Opens none yet.</summary>
    public static NpgsqlDataSource Pool(PostgresEventLogOptions options)
    {
        var builder = new NpgsqlDataSourceBuilder(options.ConnectionString);
        builder.ConnectionStringBuilder.ApplicationName = ApplicationName;
        builder.ConnectionStringBuilder.MaxPoolSize = options.ReadConnectionsMax + options.AppendersMax + options.TurnsMax;
        builder.ConnectionStringBuilder.MaxAutoPrepare = PreparedMax;
        builder.ConnectionStringBuilder.AutoPrepareMinUsages = 2;
        builder.ConnectionStringBuilder.WriteBufferSize = SendBytes;
        builder.ConnectionStringBuilder.ReadBufferSize = ReceiveBytes;
        builder.ConnectionStringBuilder.CommandTimeout = (int)Math.Ceiling(options.AnswerMax.TotalSeconds);

        // The settings last as long as the connection: all who share it want the same.
        builder.ConnectionStringBuilder.NoResetOnClose = true;
        builder.UsePhysicalConnectionInitializer(
            connection =>
            {
                using var set = new NpgsqlCommand(Settings, connection);
                set.ExecuteNonQuery();
            },
            async connection =>
            {
                await using var set = new NpgsqlCommand(Settings, connection);
                await set.ExecuteNonQueryAsync();
            });
        return builder.Build();
    }
}
