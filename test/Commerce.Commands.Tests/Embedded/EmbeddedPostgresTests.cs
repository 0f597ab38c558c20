using System.Diagnostics;
using System.Globalization;
using Commerce.Commands.Embedded;
using Commerce.Testing.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Commerce.Commands.Tests.Embedded;

[TestFixture]
sealed class EmbeddedPostgresTests
{
    string wanted = "";

    [SetUp]
    public void New_folder() => wanted = Checkout.TestData($"embedded-{Guid.NewGuid():N}");

    [TearDown]
    public async Task Remove_folder()
    {
        // Attaching and leaving stops a server that a failed test left.
        string folder;
        await using (var server = await Attach())
            folder = server.Folder;
        Directory.Delete(folder, recursive: true);
        if (Directory.Exists(wanted))
            Directory.Delete(wanted, recursive: true);
    }

    [Test]
    public async Task The_first_starts_the_server_the_second_shares_it_and_the_last_one_to_leave_stops_it()
    {
        var first = await Attach();
        var second = await Attach();
        Assert.That(second.ServerProcessId, Is.EqualTo(first.ServerProcessId));

        await first.DisposeAsync();
        Assert.That(await Ask(second, "SELECT 1"), Is.EqualTo(1));

        await second.DisposeAsync();
        Assert.That(Runs(second.ServerProcessId), Is.False);
    }

    [Test]
    public async Task Many_that_come_at_once_to_an_empty_folder_get_one_server()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Attach()));

        Assert.That(all.Select(x => x.ServerProcessId).Distinct().Count(), Is.EqualTo(1));
        foreach (var one in all)
            await one.DisposeAsync();
        Assert.That(Runs(all[0].ServerProcessId), Is.False);
    }

    [Test]
    public async Task What_was_written_is_there_after_the_server_was_stopped()
    {
        await using (var before = await Attach())
            await Ask(before, "CREATE TABLE kept AS SELECT 42 AS answer");

        await using var after = await Attach();
        Assert.That(await Ask(after, "SELECT answer FROM kept"), Is.EqualTo(42));
    }

    [Test]
    public async Task A_server_that_was_killed_is_started_again_with_all_that_was_committed()
    {
        var before = await Attach();
        await Ask(before, "CREATE TABLE kept AS SELECT 42 AS answer");
        await Kill(before.ServerProcessId);

        await using var after = await Attach();
        Assert.That(await Ask(after, "SELECT answer FROM kept"), Is.EqualTo(42));
        await before.DisposeAsync();
        Assert.That(await Ask(after, "SELECT answer FROM kept"), Is.EqualTo(42), "leaving must not stop the server that others use");
    }

    [Test, CancelAfter(60_000)]
    public async Task A_server_whose_killed_one_still_has_children_comes_back_to_its_port(CancellationToken ct)
    {
        await using var before = await Attach();
        var child = await Ask(before, "SELECT pg_backend_pid()");
        await Signal("-STOP", child);
        var log = Path.Combine(before.Folder, "postgres", "server.log");
        var said = (await File.ReadAllTextAsync(log, ct)).Length;
        await Kill(before.ServerProcessId);

        var coming = Attach();
        while (!(await File.ReadAllTextAsync(log, ct))[said..].Contains("shared memory", StringComparison.Ordinal))
            await Task.Delay(10, ct);

        await Signal("-CONT", child);
        await using var after = await coming;
        Assert.That(after.ConnectionString, Is.EqualTo(before.ConnectionString));
        Assert.That(await Ask(after, "SELECT 1"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_pid_file_whose_number_now_belongs_to_another_process_does_not_stop_the_next_start()
    {
        await using var before = await Attach();
        var pidFile = Path.Combine(before.Folder, "postgres", "postmaster.pid");
        await Kill(before.ServerProcessId);
        // PostgreSQL itself refuses only the number of a living process of its own user.
        using var stranger = Process.Start(ServerAccountCommand(await ServerAccount.Choose(["postgres", "nobody"], default), ["sleep", "100"])) ?? throw new InvalidOperationException();
        var lines = await File.ReadAllLinesAsync(pidFile);
        lines[0] = stranger.Id.ToString(CultureInfo.InvariantCulture);
        await File.WriteAllLinesAsync(pidFile, lines);

        await using var after = await Attach();
        Assert.That(await Ask(after, "SELECT 1"), Is.EqualTo(1));
        Assert.That(stranger.HasExited, Is.False);
        stranger.Kill();
    }

    [Test]
    public async Task An_empty_pid_file_does_not_stop_the_next_start()
    {
        string folder;
        await using (var before = await Attach())
            folder = before.Folder;
        await File.WriteAllTextAsync(Path.Combine(folder, "postgres", "postmaster.pid"), "");

        await using var after = await Attach();
        Assert.That(await Ask(after, "SELECT 1"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_data_folder_that_was_half_made_is_made_again()
    {
        var folder = await ServerFolder.Prepare(wanted, ["postgres", "nobody"], NullLogger.Instance, default);
        Directory.CreateDirectory(folder.At("postgres.unfinished/base"));
        await File.WriteAllTextAsync(folder.At("postgres.unfinished/PG_VERSION"), "1");
        await File.WriteAllTextAsync(folder.At("password"), "of the run that was killed");

        await using var server = await Attach();
        Assert.That(await Ask(server, "SELECT 1"), Is.EqualTo(1));
        Assert.That(Directory.Exists(folder.At("postgres.unfinished")), Is.False);
    }

    [Test]
    public async Task A_port_that_somebody_took_meanwhile_is_left_to_him()
    {
        string folder;
        await using (var before = await Attach())
            folder = before.Folder;
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        other.Start();
        await File.WriteAllTextAsync(Path.Combine(folder, "port"), $"{((System.Net.IPEndPoint)other.LocalEndpoint).Port}");

        await using var after = await Attach();
        Assert.That(await Ask(after, "SELECT 1"), Is.EqualTo(1));
    }

    [Test]
    public async Task Only_its_owner_reads_the_password_and_nobody_comes_in_without()
    {
        await using var server = await Attach();

        Assert.That(File.GetUnixFileMode(Path.Combine(server.Folder, "password")), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        var wrong = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Password = "guess" }.ConnectionString;
        await using var connection = new NpgsqlConnection(wrong);
        Assert.That(async () => await connection.OpenAsync(), Throws.InstanceOf<PostgresException>().With.Property("SqlState").EqualTo(PostgresErrorCodes.InvalidPassword));
    }

    [Test]
    public async Task It_listens_on_loopback_only_and_writes_through_to_the_disk()
    {
        await using var server = await Attach();

        Assert.That(await Ask(server, "SHOW listen_addresses"), Is.EqualTo("127.0.0.1"));
        Assert.That(await Ask(server, "SHOW fsync"), Is.EqualTo("on"));
        Assert.That(await Ask(server, "SHOW synchronous_commit"), Is.EqualTo("on"));
    }

    async Task<EmbeddedPostgres> Attach() => await EmbeddedPostgres.Attach(new() { DataFolder = wanted }, NullLogger.Instance, default);

    static async Task<object?> Ask(EmbeddedPostgres server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    static ProcessStartInfo ServerAccountCommand(ServerAccount account, IReadOnlyList<string> words) => LocalCommand.Describe(account.As(words), "/");

    // A process that ended and that nobody has asked about yet still has a number, but no command line.
    static bool Runs(int processId) => File.Exists($"/proc/{processId}/cmdline") && File.ReadAllText($"/proc/{processId}/cmdline").Length > 0;

    static async Task Signal(string signal, object? processId) => await LocalCommand.Run(["kill", signal, $"{processId}"], "/", default);

    static async Task Kill(int processId)
    {
        using var process = Process.GetProcessById(processId);
        process.Kill();
        while (Runs(processId))
            await Task.Delay(10);
    }
}
