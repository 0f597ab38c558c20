using Commerce.Domain.Log;
using Npgsql;

namespace Commerce.Commands.EventLog.Postgres;

/// <summary>What appends groups over one connection: in the plain way where that will do, else as the schema's <c>decide</c> says.</summary>
sealed class AppendStatements(PlainAppend plain, DecidedAppend decided) : IAsyncDisposable
{
    /// <summary>Both, prepared on this connection.</summary>
    public static async Task<AppendStatements> Prepare(NpgsqlConnection connection, PostgresEventLogOptions options, CancellationToken cancellationToken) =>
        new(await PlainAppend.Prepare(connection, options, cancellationToken), await DecidedAppend.Prepare(connection, options, cancellationToken));

    /// <summary>Appends these; the answers come in their order.</summary>
    /// <param name="appends">What to append.</param>
    /// <param name="isTold">Whether other processes are given notice; where it takes <c>decide</c>, they are.</param>
    /// <param name="cancellationToken">Gives up; it may have happened.</param>
    public async Task<AppendResult[]> Execute(IReadOnlyList<PendingAppend> appends, bool isTold, CancellationToken cancellationToken)
    {
        var group = new GroupColumns(appends);
        return group.IsPlain && await plain.TryExecute(group, isTold, cancellationToken) is { } placed
            ? placed
            : await decided.Execute(appends, group, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await plain.DisposeAsync();
        await decided.DisposeAsync();
    }
}
