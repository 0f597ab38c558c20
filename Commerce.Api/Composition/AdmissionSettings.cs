using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Commerce.Api.Admission;

namespace Commerce.Api.Composition;

/// <summary>How much is let in, from the configuration.</summary>
static class AdmissionSettings
{
    public const string ClientBurstKey = "Commerce:Admission:ClientBurst";
    public const string ClientPerSecondKey = "Commerce:Admission:ClientPerSecond";
    public const string AddressBurstKey = "Commerce:Admission:AddressBurst";
    public const string AddressPerSecondKey = "Commerce:Admission:AddressPerSecond";
    public const string RefusalBurstKey = "Commerce:Admission:RefusalBurst";
    public const string RefusalsPerSecondKey = "Commerce:Admission:RefusalsPerSecond";
    public const string SaleClaimsKey = "Commerce:Admission:SaleClaims";
    public const string SaleQueueKey = "Commerce:Admission:SaleQueue";

    /// <summary>Reads and checks them; what is not set is as <see cref="AdmissionOptions"/> has it.</summary>
    /// <exception cref="CommerceSettingsException">One of them is not valid.</exception>
    public static AdmissionOptions Read(IConfiguration configuration)
    {
        int Whole(string key, int otherwise) => configuration[key] is not { Length: > 0 } text ? otherwise
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value
            : throw new CommerceSettingsException($"{key} is a whole number.");

        var defaults = new AdmissionOptions();
        var options = new AdmissionOptions
        {
            ClientBurst = Whole(ClientBurstKey, defaults.ClientBurst),
            ClientPerSecond = Whole(ClientPerSecondKey, defaults.ClientPerSecond),
            AddressBurst = Whole(AddressBurstKey, defaults.AddressBurst),
            AddressPerSecond = Whole(AddressPerSecondKey, defaults.AddressPerSecond),
            RefusalBurst = Whole(RefusalBurstKey, defaults.RefusalBurst),
            RefusalsPerSecond = Whole(RefusalsPerSecondKey, defaults.RefusalsPerSecond),
            SaleClaims = Whole(SaleClaimsKey, defaults.SaleClaims),
            SaleQueue = Whole(SaleQueueKey, defaults.SaleQueue),
        };
        var faults = new List<ValidationResult>();
        return Validator.TryValidateObject(options, new(options), faults, validateAllProperties: true)
            ? options
            : throw new CommerceSettingsException($"Commerce:Admission: {faults[0].ErrorMessage}");
    }
}
