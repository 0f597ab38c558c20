using Npgsql;

namespace Commerce.Projections.Documents;

/// <summary>Shortcuts for commands.</summary>
static class NpgsqlCommands
{
    /// <summary>Values for $1, $2, … in order.</summary>
    public static void AddAll(this NpgsqlCommand command, IEnumerable<object> values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }
    }

    /// <summary>Adds a statement.</summary>
    public static void Add(this NpgsqlBatch batch, SqlStatement statement)
    {
        var command = new NpgsqlBatchCommand(statement.Text);
        foreach (var value in statement.Parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        batch.BatchCommands.Add(command);
    }
}
