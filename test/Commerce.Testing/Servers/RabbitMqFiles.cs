using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Commerce.Commands.Embedded;

namespace Commerce.Testing.Servers;

/// <summary>The folder of one broker: its configuration, ports and environment.</summary>
sealed class RabbitMqFiles
{
    /// <summary>How many fixtures of one test assembly may have one of their own; each costs the start of the broker some milliseconds.</summary>
    public const int VirtualHostsMax = 8;

    /// <summary>Where distributions put the broker's own start script; Debian's on the PATH insists on its own user and folders.</summary>
    static readonly string[] Places =
    [
        "/usr/lib/rabbitmq/bin", "/opt/rabbitmq/sbin", "/opt/homebrew/sbin", "/opt/homebrew/opt/rabbitmq/sbin", "/usr/local/sbin", "/usr/sbin",
    ];

    readonly string nodeName;
    readonly int distributionPort;

    RabbitMqFiles(string folder)
    {
        Folder = folder;
        nodeName = $"commerce-{Path.GetFileName(folder)}@localhost";
        Port = FreePort.Find();
        PortMapperPort = FreePort.Find();
        distributionPort = FreePort.Find();
    }

    public string Folder { get; }

    /// <summary>The AMQP port.</summary>
    public int Port { get; }

    public int PortMapperPort { get; }

    /// <summary>A link within the folder, by which the process is known for ours.</summary>
    public string PortMapper => At("epmd");

    public static string VirtualHost(int number) => $"test-{number}";

    /// <summary>Makes the folder; whoever runs the broker has to own it.</summary>
    public static RabbitMqFiles Write(string folder)
    {
        var files = new RabbitMqFiles(Directory.CreateDirectory(folder).FullName);
        File.WriteAllText(files.At("rabbitmq.conf"), $"""
            listeners.tcp.1 = 127.0.0.1:{files.Port}
            load_definitions = {files.At("definitions.json")}
            log.console = false
            log.file.level = warning
            disk_free_limit.absolute = 50MB
            vm_memory_high_watermark.absolute = 512MB
            """);
        File.WriteAllText(files.At("definitions.json"), Definitions());
        File.WriteAllText(files.At("enabled_plugins"), "[].\n");
        File.WriteAllText(files.At("environment"), ""); // instead of the machine's own
        File.CreateSymbolicLink(files.PortMapper, Find("epmd", ["/usr/lib/erlang/bin", "/usr/lib64/erlang/bin", "/opt/homebrew/bin", "/usr/local/bin", "/usr/bin"]));
        return files;
    }

    public static string FindProgram() => Find("rabbitmq-server", Places);

    public void SetEnvironment(IDictionary<string, string?> environment)
    {
        foreach (var name in environment.Keys.Where(x => x.StartsWith("RABBITMQ_", StringComparison.Ordinal) || x.StartsWith("ERL_", StringComparison.Ordinal)).ToList())
            environment.Remove(name);
        environment["HOME"] = Folder; // for the cookie that nodes know each other by
        environment["ERL_EPMD_PORT"] = $"{PortMapperPort}";
        environment["ERL_EPMD_ADDRESS"] = "127.0.0.1";
        environment["RABBITMQ_NODENAME"] = nodeName;
        environment["RABBITMQ_DIST_PORT"] = $"{distributionPort}";
        environment["RABBITMQ_CONFIG_FILE"] = At("rabbitmq.conf");
        environment["RABBITMQ_ADVANCED_CONFIG_FILE"] = At("advanced.config");
        environment["RABBITMQ_CONF_ENV_FILE"] = At("environment");
        environment["RABBITMQ_ENABLED_PLUGINS_FILE"] = At("enabled_plugins");
        environment["RABBITMQ_MNESIA_BASE"] = At("data");
        environment["RABBITMQ_LOG_BASE"] = At("log");
        environment["RABBITMQ_PID_FILE"] = At("broker-pid"); // its own; ours is written before it starts
        // Two schedulers that sleep when idle: the machine is the tests'. Other nodes reach it over loopback only.
        environment["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}";
        environment["RUNNING_UNDER_SYSTEMD"] = "true"; // the script becomes the broker and does not wait for it
    }

    /// <summary>What the broker last said.</summary>
    public IEnumerable<string> LastWords() => Directory.EnumerateFiles(Folder, "*.log", SearchOption.AllDirectories).SelectMany(x => File.ReadLines(x).TakeLast(10));

    string At(string name) => Path.Combine(Folder, name);

    /// <summary>With definitions to load, RabbitMQ makes no user of its own accord.</summary>
    static string Definitions()
    {
        string[] hosts = ["/", .. Enumerable.Range(1, VirtualHostsMax).Select(VirtualHost)];
        return JsonSerializer.Serialize(new
        {
            users = new[] { new { name = "guest", password_hash = PasswordHash("guest"), hashing_algorithm = "rabbit_password_hashing_sha256", tags = "administrator" } },
            vhosts = hosts.Select(x => new { name = x }),
            permissions = hosts.Select(x => new { user = "guest", vhost = x, configure = ".*", write = ".*", read = ".*" }),
        });
    }

    /// <summary>RabbitMQ's format: Base64 of a salt of 4 bytes and the SHA-256 of salt and password.</summary>
    static string PasswordHash(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(4);
        return Convert.ToBase64String([.. salt, .. SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(password)])]);
    }

    static string Find(string program, IEnumerable<string> places) =>
        places.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)).Select(x => Path.Combine(x, program)).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException($"{program} is not on this machine: install RabbitMQ (apt-get install rabbitmq-server), which ./build.sh test does where it may.");
}
