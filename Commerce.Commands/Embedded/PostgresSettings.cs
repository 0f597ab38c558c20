namespace Commerce.Commands.Embedded;

/// <summary>What the private server is told: for a machine that it shares with the application, about 2 cores and 2 GB.</summary>
static class PostgresSettings
{
    /// <summary>Connections that one process may keep. Sixteen processes (roles apart, an import, an audit, a console, and tests of many) fit under the server's limit.</summary>
    public const int PoolMax = 40;

    /// <summary>Sixteen pools and a few for administration; a connection that idles costs about 2 MB, one that is not made next to nothing.</summary>
    const int ConnectionsMax = 16 * PoolMax + 10;

    /// <summary>The text of the configuration file. Durability (fsync, full_page_writes, synchronous_commit) is left as it comes: on.</summary>
    public static string Text { get; } = $"""
        # Written anew at each start.
        cluster_name = 'commerce'
        listen_addresses = '127.0.0.1'
        unix_socket_directories = ''        # a path may be too long for one; loopback and a password do
        password_encryption = 'scram-sha-256'
        max_connections = {ConnectionsMax}
        shared_buffers = '256MB'
        effective_cache_size = '1GB'
        work_mem = '16MB'
        maintenance_work_mem = '128MB'
        wal_level = 'minimal'               # nobody replicates from a private server
        max_wal_senders = 0
        wal_compression = off               # what every server can compress with costs more than it saves: 130 ms of a new database's 190
        min_wal_size = '256MB'
        max_wal_size = '2GB'                # checkpoints by time, not in the middle of an import
        checkpoint_timeout = '15min'
        log_checkpoints = off
        bgwriter_delay = '20ms'             # pages are written out ahead of whoever needs room: else appends write them themselves
        bgwriter_lru_maxpages = 1000
        bgwriter_lru_multiplier = 4
        random_page_cost = 1.1
        jit = off                           # compiling costs more than it saves on queries of milliseconds
        max_parallel_workers_per_gather = 0 # the second core is the application's
        log_min_messages = 'log'            # refused statements are reported by who sent them
        log_timezone = 'UTC'
        timezone = 'UTC'

        """;
}
