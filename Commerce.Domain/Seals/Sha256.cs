using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Commerce.Domain.Seals;

/// <summary>
/// SHA-256 of many short texts. The runtime asks OpenSSL anew for an algorithm and a context each time, which takes ten times as long as
/// hashing 65 bytes (1,050 to 110 ns), and verifying a log hashes three times an event. So the same library is called below that
/// where it is there and gives the same answer, and the runtime elsewhere.
/// </summary>
static class Sha256
{
    static readonly bool IsDirect = TryDirect();

    /// <summary>Hashes bytes.</summary>
    public static Hash256 Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[Hash256.Size];
        if (IsDirect)
        {
            Direct(bytes, hash);
        }
        else
        {
            SHA256.HashData(bytes, hash);
        }

        return new(hash);
    }

    static void Direct(ReadOnlySpan<byte> bytes, Span<byte> hash)
    {
        Unsafe.SkipInit(out NativeMethods.Context context);
        _ = NativeMethods.Init(ref context);
        _ = NativeMethods.Update(ref context, ref MemoryMarshal.GetReference(bytes), (nuint)bytes.Length);
        _ = NativeMethods.Final(ref MemoryMarshal.GetReference(hash), ref context);
    }

    static bool TryDirect()
    {
        var sample = "abc"u8;
        Span<byte> hash = stackalloc byte[Hash256.Size];
        try
        {
            Direct(sample, hash);
            return hash.SequenceEqual(SHA256.HashData(sample));
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            return false;
        }
    }

    static class NativeMethods
    {
        const string Library = "libcrypto.so.3";

        [DllImport(Library, EntryPoint = "SHA256_Init"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories), SuppressGCTransition]
        public static extern int Init(ref Context context);

        // As long as the bytes are: the runtime may collect garbage meanwhile.
        [DllImport(Library, EntryPoint = "SHA256_Update"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Update(ref Context context, ref byte bytes, nuint length);

        [DllImport(Library, EntryPoint = "SHA256_Final"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories), SuppressGCTransition]
        public static extern int Final(ref byte hash, ref Context context);

        /// <summary>SHA256_CTX: 112 bytes, and room.</summary>
        [StructLayout(LayoutKind.Sequential, Size = 128)]
        public struct Context;
    }
}
