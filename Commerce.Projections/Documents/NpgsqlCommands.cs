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
}
