using System.Diagnostics;
using Commerce.Commands.Embedded;
using Commerce.Testing.Servers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.Commands.Tests.Embedded;

[TestFixture]
sealed class EmbeddedPostgresPlaceTests
{
    string wanted = "";

    [SetUp]
    public void New_folder() => wanted = Checkout.TestData($"embedded-{Guid.NewGuid():N}");

    [TearDown]
    public void Remove_folder()
    {
        // A working copy in root's home is itself a place that the server's user cannot enter.
        var pointer = Path.Combine(wanted, ServerFolder.PointerFile);
        if (File.Exists(pointer) && File.ReadAllText(pointer) is { Length: > 0 } standIn && Directory.Exists(standIn))
            Directory.Delete(standIn, recursive: true);
        if (Directory.Exists(wanted))
            Directory.Delete(wanted, recursive: true);
    }

    [Test]
    public async Task Another_process_keeps_the_server_running_and_lets_it_go_when_it_is_killed()
    {
        var first = await Attach();
        using var other = Process.Start("flock", ["--shared", "--close", Path.Combine(wanted, "users.lock"), "sleep", "100"]);
        while (!HoldsLock(other))
            await Task.Delay(10);

        await first.DisposeAsync();
        var second = await Attach();
        Assert.That(second.ServerProcessId, Is.EqualTo(first.ServerProcessId), "the other process still uses it");

        other.Kill(entireProcessTree: true);
        await other.WaitForExitAsync();
        await second.DisposeAsync();
        await using var third = await Attach();
        Assert.That(third.ServerProcessId, Is.Not.EqualTo(first.ServerProcessId), "nobody was left");
    }

    [Test]
    public async Task A_folder_that_the_servers_user_cannot_enter_gets_a_stand_in_that_later_starts_find_again()
    {
        Directory.CreateDirectory(wanted, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var messages = new Messages();
        string folder;
        await using (var first = await EmbeddedPostgres.Attach(new() { DataFolder = wanted }, messages, default))
            folder = first.Folder;
        // Only root's servers run as another user; anybody else's enters what its starter owns.
        if (Environment.IsPrivilegedProcess)
        {
            Assert.That(folder, Does.StartWith("/var/lib/commerce-"));
            Assert.That(messages.Where(x => x.Contains(wanted, StringComparison.Ordinal)), Has.One.Contains(folder), "one message says where it is");
        }
        else
        {
            Assert.That(folder, Does.StartWith(wanted));
        }

        await using (var second = await Attach())
            Assert.That(second.Folder, Is.EqualTo(folder));
    }

    [Test]
    public void Without_PostgreSQL_on_the_machine_one_sentence_says_what_to_install()
    {
        var nothing = Directory.CreateDirectory(Path.Combine(wanted, "bin")).FullName;

        Assert.That(
            async () => await EmbeddedPostgres.Attach(new() { DataFolder = wanted, BinariesFolder = nothing }, NullLogger.Instance, default),
            Throws.InstanceOf<EmbeddedPostgresException>().With.Message.Contains("apt-get install postgresql").And.Message.Contains("compose.yaml"));
    }

    [Test]
    public void A_data_folder_that_cannot_be_made_is_named()
    {
        Directory.CreateDirectory(wanted);
        var file = Path.Combine(wanted, "file");
        File.WriteAllText(file, "");

        Assert.That(
            async () => await EmbeddedPostgres.Attach(new() { DataFolder = Path.Combine(file, "below") }, NullLogger.Instance, default),
            Throws.InstanceOf<EmbeddedPostgresException>().With.Message.Contains(file).And.Message.Contains("--data DIR"));
    }

    [Test]
    public async Task Databases_for_tests_are_fresh_and_go_away()
    {
        var first = await PostgresForTests.CreateDatabase();
        await using var second = await PostgresForTests.CreateDatabase();
        Assert.That(second.Name, Is.Not.EqualTo(first.Name));

        await first.DisposeAsync();
        await using var connection = new Npgsql.NpgsqlConnection(first.ConnectionString);
        Assert.That(async () => await connection.OpenAsync(), Throws.InstanceOf<Npgsql.PostgresException>().With.Property("SqlState").EqualTo(Npgsql.PostgresErrorCodes.InvalidCatalogName));
    }

    async Task<EmbeddedPostgres> Attach() => await EmbeddedPostgres.Attach(new() { DataFolder = wanted }, NullLogger.Instance, default);

    /// <summary>flock runs its command once it has the lock.</summary>
    static bool HoldsLock(Process flock) => File.ReadAllText($"/proc/{flock.Id}/task/{flock.Id}/children").Length > 0;

    sealed class Messages : List<string>, ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Add(formatter(state, exception));
    }
}
