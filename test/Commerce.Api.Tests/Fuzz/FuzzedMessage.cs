using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Commerce.Api.Tests.Fuzz;

/// <summary>Messages of gRPC as bytes: mostly what the contract asks for, with something wrong here and there, or all wrong.</summary>
sealed class FuzzedMessage(Values values)
{
    /// <summary>Messages within messages at most: deeper ones are refused by the reader, which is what random bytes are for.</summary>
    const int DepthMax = 5;

    /// <summary>Field numbers that no message of ours has.</summary>
    const int UnknownField = 1_999;

    /// <summary>The bytes of a message; one value in so many is odd.</summary>
    public byte[] For(Random random, MessageDescriptor message, int oddOneIn, int depth = 0)
    {
        using var bytes = new MemoryStream();
        using var output = new CodedOutputStream(bytes);
        foreach (var field in message.Fields.InFieldNumberOrder())
        {
            for (var times = Times(random, field); times > 0; times--)
            {
                WriteField(output, random, field, oddOneIn, depth);
            }
        }

        if (Values.Once(random, 5 * oddOneIn))
        {
            output.WriteTag(UnknownField, WireFormat.WireType.Varint);
            output.WriteUInt64((ulong)random.NextInt64());
        }

        output.Flush();
        return bytes.ToArray();
    }

    static int Times(Random random, FieldDescriptor field) => field.IsRepeated ? random.Next(3) : Values.Once(random, 6) ? 0 : 1;

    void WriteField(CodedOutputStream output, Random random, FieldDescriptor field, int oddOneIn, int depth)
    {
        var isOdd = Values.Once(random, oddOneIn);
        switch (field.FieldType)
        {
            case FieldType.Message when depth < DepthMax:
                output.WriteTag(field.FieldNumber, WireFormat.WireType.LengthDelimited);
                output.WriteBytes(ByteString.CopyFrom(isOdd ? Noise(random) : For(random, field.MessageType, oddOneIn, depth + 1)));
                break;
            case FieldType.String:
                output.WriteTag(field.FieldNumber, WireFormat.WireType.LengthDelimited);
                output.WriteBytes(isOdd ? Odd(random) : ByteString.CopyFromUtf8(values.Good(random, field.JsonName)));
                break;
            case FieldType.Bytes:
                output.WriteTag(field.FieldNumber, WireFormat.WireType.LengthDelimited);
                output.WriteBytes(ByteString.CopyFrom(Noise(random)));
                break;
            case FieldType.Double or FieldType.Fixed64 or FieldType.SFixed64:
                output.WriteTag(field.FieldNumber, WireFormat.WireType.Fixed64);
                output.WriteFixed64((ulong)random.NextInt64());
                break;
            case FieldType.Float or FieldType.Fixed32 or FieldType.SFixed32:
                output.WriteTag(field.FieldNumber, WireFormat.WireType.Fixed32);
                output.WriteFixed32((uint)random.Next());
                break;
            case FieldType.Message or FieldType.Group:
                break;
            default:
                output.WriteTag(field.FieldNumber, WireFormat.WireType.Varint);
                output.WriteInt64(isOdd ? Values.One(random, [0, -1, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, 1L << 32]) : random.Next(1, 4));
                break;
        }
    }

    static ByteString Odd(Random random) => Values.Once(random, 5) ? ByteString.CopyFrom(0xC0, 0xAF, 0xFF) : Values.Once(random, 5) ? ByteString.CopyFromUtf8("a\0b") : ByteString.CopyFromUtf8(Values.One(random, Values.Texts));

    /// <summary>Some bytes.</summary>
    public static byte[] Noise(Random random)
    {
        var bytes = new byte[random.Next(60)];
        random.NextBytes(bytes);
        return bytes;
    }
}
