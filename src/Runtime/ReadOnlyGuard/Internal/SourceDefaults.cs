namespace ReadOnlyGuard.Internal;

/// <summary>The options that sources begin with. Changed before the first one is made, or it would not have them.</summary>
sealed class SourceDefaults
{
    readonly object _gate = new();
    Action<WritableDataSourceOptions>? _configure;
    bool _used;

    /// <summary>Those of this process.</summary>
    public static SourceDefaults OfProcess { get; } = new();

    /// <exception cref="InvalidOperationException">A source was made already.</exception>
    public void Configure(Action<WritableDataSourceOptions> configure)
    {
        lock (_gate)
        {
            // A test host runs the whole program again in the same process: the same code says the same, to the sources that are made from
            // now on.
            if (_used && _configure?.Method != configure.Method)
                throw new InvalidOperationException(
                    $"{nameof(WritableDataSource)}.{nameof(WritableDataSource.ConfigureDefaults)} was called after a data source was made, which does not have these defaults. Call it first, where the program starts.");
            _configure = configure;
        }
    }

    /// <summary>The defaults, and what is configured beyond them.</summary>
    public WritableDataSourceOptions With(Action<WritableDataSourceOptions>? configure = null)
    {
        Action<WritableDataSourceOptions>? defaults;
        lock (_gate)
            (_used, defaults) = (true, _configure);
        var options = new WritableDataSourceOptions();
        defaults?.Invoke(options);
        configure?.Invoke(options);
        return options;
    }
}
