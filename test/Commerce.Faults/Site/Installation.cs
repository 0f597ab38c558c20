using System.Text.Json.Nodes;
using Commerce.Faults.People;
using Commerce.Testing.Servers;

namespace Commerce.Faults.Site;

/// <summary>A whole shop: PostgreSQL, RabbitMQ, a payment provider, and two processes of every role, each of them apart.</summary>
sealed class Installation : IAsyncDisposable
{
    /// <summary>Shorter than the provider is left alone after a failure (30 s): payments run out of time as well.</summary>
    static readonly TimeSpan TimeToPay = TimeSpan.FromSeconds(25);

    const string SandboxBooks = "sandbox-books.jsonl";

    static readonly string[] RoleNames = ["api", "sagas", "relay", "projections"];

    readonly List<TextWriter> _outputs = [];
    readonly string _folder;

    Installation(DatabaseServer database, RabbitMqServer broker, string? logsFolder)
    {
        (Database, Broker) = (database, broker);
        _folder = Directory.CreateTempSubdirectory("commerce-faults-").FullName;
        Books = Path.Combine(_folder, SandboxBooks);
        Sandbox = ServingProcess.Sandbox("sandbox", Books, Output(logsFolder, "sandbox"));
        var environment = new Dictionary<string, string>
        {
            ["Commerce__Payments__Provider"] = Sandbox.Address.ToString(),
            ["Commerce__Locations"] = string.Join(',', Shelf.Locations),
            ["Commerce__TimeToPay"] = TimeToPay.ToString(),
        };
        Nodes =
        [
            .. from role in RoleNames
               from number in new[] { 1, 2 }
               let name = $"{role}-{number}"
               select ServingProcess.Serve(
                   name,
                   ["--roles", role, "--postgres", database.ConnectionString, "--bus", broker.Uri.ToString(), "--data", _folder],
                   environment,
                   Output(logsFolder, name)),
        ];
    }

    /// <summary>Log, read models, checkpoints and leases.</summary>
    public DatabaseServer Database { get; }

    /// <summary>Carries the messages.</summary>
    public RabbitMqServer Broker { get; }

    /// <summary>The payment provider.</summary>
    public ServingProcess Sandbox { get; }

    /// <summary>File of the provider's books.</summary>
    public string Books { get; }

    /// <summary>Every process of the application.</summary>
    public IReadOnlyList<ServingProcess> Nodes { get; }

    /// <summary>Every process but the servers.</summary>
    public IEnumerable<ServingProcess> Processes => Nodes.Append(Sandbox);

    /// <summary>The two processes of a role.</summary>
    public IReadOnlyList<ServingProcess> Of(string role) => [.. Nodes.Where(n => n.Name.StartsWith(role, StringComparison.Ordinal))];

    /// <summary>Starts all of it; returns when all are ready.</summary>
    public static async Task<Installation> Open(string? logsFolder, CancellationToken cancellationToken)
    {
        var database = await DatabaseServer.Create(cancellationToken);
        RabbitMqServer? broker = null;
        Installation? installation = null;
        try
        {
            broker = await RabbitMqForTests.StartAnother(cancellationToken);
            installation = new(database, broker, logsFolder);
            await installation.Sandbox.Start(cancellationToken);
            await Task.WhenAll(installation.Nodes.Select(n => n.Start(cancellationToken)));
            return installation;
        }
        catch
        {
            await (installation?.DisposeAsync() ?? Close(broker, database));
            throw;
        }
    }

    /// <summary>The process that leads something, of those of a role; the first of them where none says so.</summary>
    public async Task<ServingProcess> Leader(string role, string what, CancellationToken cancellationToken)
    {
        foreach (var node in Of(role))
        {
            if (await Leads(node, what, cancellationToken))
            {
                return node;
            }
        }

        return Of(role)[0];
    }

    /// <summary>Whether a process says that it leads something.</summary>
    public static async Task<bool> Leads(ServingProcess node, string what, CancellationToken cancellationToken)
    {
        try
        {
            using var http = new HttpClient { BaseAddress = node.Address, Timeout = TimeSpan.FromSeconds(5) };
            using var answer = await http.GetAsync("health/ready", cancellationToken);
            var leads = JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellationToken))?["leads"]?.AsArray();
            return leads?.Any(l => l?.ToString() == what) ?? false;
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in Processes)
        {
            await process.DisposeAsync();
        }

        await Close(Broker, Database);
        foreach (var output in _outputs)
        {
            await output.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    static async ValueTask Close(RabbitMqServer? broker, DatabaseServer database)
    {
        if (broker is not null)
        {
            await broker.DisposeAsync();
        }

        await database.DisposeAsync();
    }

    TextWriter? Output(string? folder, string name)
    {
        if (folder is null)
        {
            return null;
        }

        Directory.CreateDirectory(folder);
        var output = TextWriter.Synchronized(new StreamWriter(Path.Combine(folder, $"{name}.log")) { AutoFlush = true });
        _outputs.Add(output);
        return output;
    }
}
