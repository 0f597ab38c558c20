using Commerce.Testing.Logs;
using Commerce.Testing.Servers;
using Npgsql;

namespace Commerce.Projections.Tests.Auditing.Sealing;

/// <summary>A log in PostgreSQL that somebody with every right in the database changed with SQL.</summary>
public sealed class PostgresTamperTests
{
    static IEnumerable<TestCaseData> Deeds()
    {
        yield return new TestCaseData("update log.appends set data = set_byte(data, 7, get_byte(data, 7) # 1) where position = @at", "event-changed", 0).SetArgDisplayNames("a flipped byte");
        yield return new TestCaseData("delete from log.appends where position = @at", "event-removed", null).SetArgDisplayNames("a dropped event");
        yield return new TestCaseData(
            """
            update log.appends set position = -position - 1 where position >= @at;
            update log.appends set position = -position where position < 0;
            insert into log.appends values (@at, 0, now(), 1, gen_random_uuid(), 'single-forged', 'thing-happened.v1', '{}', '{}')
            """,
            "event-added",
            0).SetArgDisplayNames("an inserted event");
        yield return new TestCaseData(
            """
            update log.appends set position = case position when @at then -@other else -@at end where position in (@at, @other);
            update log.appends set position = -position where position < 0
            """,
            "event-moved",
            0).SetArgDisplayNames("swapped events");
        yield return new TestCaseData("update log.appends set more_data[17] = '{}' where position = @at + 1", "event-changed", 18).SetArgDisplayNames("one of an append of many");
    }

    [TestCaseSource(nameof(Deeds))]
    public async Task It_is_found_where_it_was_done(string sql, string code, int? behind)
    {
        await using var database = await PostgresForTests.CreateDatabase();
        long at, other;
        await using (var log = await LogForTests.In(database.ConnectionString))
        {
            var singles = await SealedTrade.Write(log.Log, 5_000);
            (at, other) = (singles[40].Position.Value, singles[44].Position.Value);
        }

        await using (var source = NpgsqlDataSource.Create(database.ConnectionString))
        await using (var command = source.CreateCommand($"alter table log.appends disable trigger all; {sql.Replace("@at", $"{at}", StringComparison.Ordinal).Replace("@other", $"{other}", StringComparison.Ordinal)}"))
        {
            await command.ExecuteNonQueryAsync();
        }

        await using var tampered = await LogForTests.In(database.ConnectionString);
        var finding = (await SealedTrade.Verify(tampered.Log)).Findings.Single();
        Assert.That((finding.Code, finding.Position), Is.EqualTo((code, at + behind)));
    }
}
